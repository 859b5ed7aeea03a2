import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { GoxelError, LIMITS } from '../base/index.js';

/**
 * The one module that opens files for clients. A path is resolved against the working directory and must lie, after symbolic
 * links are followed, inside one of the roots; files are written under a temporary name in the same folder, synced and
 * renamed, so a reader never sees half a file and a crash never costs the old one.
 */
export class Files {
  readonly #workingDir: string;
  readonly #tempDir: string;
  readonly #roots: () => readonly string[];

  /** @param options.roots - Folders beside the working and temporary ones; asked again for each file. */
  constructor(options: { workingDir: string; tempDir: string; roots: () => readonly string[] }) {
    this.#workingDir = options.workingDir;
    this.#tempDir = options.tempDir || tmpdir();
    this.#roots = options.roots;
  }

  /** The bytes of a regular file, with its absolute path. */
  async read(path: string): Promise<{ path: string; bytes: Uint8Array }> {
    const absolute = await this.#allowed(path);
    const handle = await open(absolute, constants.O_RDONLY | constants.O_NONBLOCK).catch(
      (error) => {
        throw fileError(error, absolute, 'read');
      },
    );
    try {
      const info = await handle.stat();
      if (!info.isFile()) throw notAFile(absolute);
      if (info.size > LIMITS.fileBytes) {
        throw new GoxelError(
          'limit_exceeded',
          `${absolute} has ${info.size} bytes, at most ${LIMITS.fileBytes} are read`,
          {
            limit: LIMITS.fileBytes,
            value: info.size,
          },
        );
      }
      const bytes = new Uint8Array(info.size);
      let length = 0;
      while (length < bytes.length) {
        const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return { path: absolute, bytes: bytes.subarray(0, length) };
    } catch (error) {
      throw fileError(error, absolute, 'read');
    } finally {
      await handle.close();
    }
  }

  /** Where a file would be written: absolute, allowed, and not something else than a file. */
  async destination(path: string, { createDirs = false } = {}): Promise<string> {
    if (createDirs) await this.#makeFolders(dirname(this.#absolute(path)));
    const absolute = await this.#allowed(path);
    const info = await stat(absolute).catch(() => null);
    if (info && !info.isFile()) throw notAFile(absolute);
    return absolute;
  }

  /**
   * Replaces or makes a file in one step.
   *
   * @param path - From {@link Files.destination}.
   * @returns the path of the backup, if one was asked for and there was something to back up.
   */
  async write(
    path: string,
    bytes: Uint8Array,
    { backup = false, mode = 0o666 }: { backup?: boolean; mode?: number } = {},
  ): Promise<{ backupPath: string | null }> {
    const temporary = join(
      dirname(path),
      `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`,
    );
    let backupPath: string | null = null;
    try {
      const handle = await open(temporary, 'wx', mode);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      if (backup && (await stat(path).catch(() => null))) {
        backupPath = `${path}.bak`;
        await copyFile(path, backupPath);
      }
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => {
        // It may not have come to be; the error that matters is the first one.
      });
      throw fileError(error, path, 'write');
    }
    return { backupPath };
  }

  #absolute(path: string): string {
    if (path.includes('\0')) {
      throw new GoxelError('path_not_allowed', 'a path cannot contain a NUL character', {
        param: 'path',
      });
    }
    // Whether the home of the daemon's user may be touched is checked like any other folder.
    if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
    return isAbsolute(path) ? resolve(path) : resolve(this.#workingDir, path);
  }

  /** The real path, links followed as far as it exists, if it lies inside a root. */
  async #allowed(path: string): Promise<string> {
    const absolute = this.#absolute(path);
    const real = await realPathOfNew(absolute);
    const configured = this.#roots();
    if (configured.includes('*')) return real;
    const roots = [this.#workingDir, this.#tempDir, ...configured].filter((root) => root !== '');
    for (const root of roots) {
      const realRoot = await realpath(root).catch(() => null);
      if (realRoot !== null && isInside(real, realRoot)) return real;
    }
    throw new GoxelError(
      'path_not_allowed',
      `${absolute} lies outside the folders that files may be in`,
      {
        path: absolute,
        allowed: roots,
      },
    );
  }

  async #makeFolders(folder: string): Promise<void> {
    await this.#allowed(join(folder, 'x'));
    await mkdir(folder, { recursive: true }).catch((error) => {
      throw fileError(error, folder, 'make');
    });
  }
}

/** Follows links in the part of a path that exists. A dangling link as the last part is refused by the caller's check. */
async function realPathOfNew(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(error, path, 'resolve');
    const parent = dirname(path);
    if (parent === path) return path;
    return join(await realPathOfNew(parent), basename(path));
  }
}

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function notAFile(path: string): GoxelError {
  return new GoxelError('path_not_allowed', `${path} is not a regular file`, { path });
}

function fileError(error: unknown, path: string, action: string): GoxelError {
  if (error instanceof GoxelError) return error;
  const cause = (error as NodeJS.ErrnoException).code ?? String(error);
  const data = { path, cause };
  switch (cause) {
    case 'ENOENT':
      if (action === 'write') {
        return new GoxelError(
          'io_error',
          `the folder ${dirname(path)} does not exist; create_dirs makes it`,
          { ...data, param: 'create_dirs' },
          { cause: error },
        );
      }
      return new GoxelError('file_not_found', `${path} does not exist`, data, { cause: error });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new GoxelError(
        'permission_denied',
        `no permission to ${action} ${path} (${cause})`,
        data,
        {
          cause: error,
        },
      );
    case 'EISDIR':
    case 'ENXIO':
      return notAFile(path);
    default:
      return new GoxelError('io_error', `cannot ${action} ${path} (${cause})`, data, {
        cause: error,
      });
  }
}
