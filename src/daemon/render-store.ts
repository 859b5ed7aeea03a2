import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { GoxelError } from '../base/index.js';
import type { Config } from './config/index.js';
import type { Files } from './files.js';

const MANAGED_NAME = /^render_(\d+)_(\d+)_[0-9a-f]{8}\.\w+$/;

export interface KeptRender {
  readonly path: string;
  readonly size: number;
  readonly format: 'png';
  readonly dimensions: { readonly width: number; readonly height: number };
  /** `sha256:` and 64 hex digits. */
  readonly checksum: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

interface Entry {
  readonly path: string;
  readonly mtimeMs: number;
  readonly size: number;
}

/**
 * The folder of pictures that clients asked for without saying where: each is kept for a while, and the oldest go first when
 * there are too many bytes of them. Other files in the folder are left alone.
 */
export class RenderStore {
  readonly #files: Files;
  readonly #config: () => Config;
  readonly #folder: string;
  readonly #counts = { kept: 0, sweeps: 0, removed: 0, freed: 0, refused: 0, sweptAtMs: 0 };

  constructor(folder: string, files: Files, config: () => Config) {
    this.#folder = folder;
    this.#files = files;
    this.#config = config;
  }

  /** Keeps the bytes of a PNG. */
  async keep(bytes: Uint8Array): Promise<KeptRender> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const id = randomBytes(4).toString('hex');
    const name = `render_${Math.floor(Date.now() / 1000)}_${process.pid}_${id}.png`;
    const path = join(this.#folder, name);
    await this.#files.write(path, bytes, { mode: 0o600 });
    this.#counts.kept++;
    await this.sweep();
    return this.#describe(path, bytes);
  }

  /**
   * What is known of a picture.
   *
   * @throws GoxelError `path_not_allowed` for paths that are none of the store's, `file_not_found`.
   */
  async info(path: string): Promise<KeptRender> {
    const managed = this.#managed(path);
    const bytes = await readFile(managed).catch(() => null);
    if (bytes) return this.#describe(managed, bytes);
    throw missing(managed);
  }

  /** Newest first. */
  async list(): Promise<KeptRender[]> {
    const kept: KeptRender[] = [];
    for (const { path } of await this.#entries()) {
      const bytes = await readFile(path).catch(() => null);
      if (bytes) kept.push(this.#describe(path, bytes));
    }
    return kept;
  }

  /**
   * Removes a picture; returns its bytes.
   *
   * @throws GoxelError `path_not_allowed` for paths that are none of the store's, `file_not_found`.
   */
  async remove(path: string): Promise<number> {
    const managed = this.#managed(path);
    const size = (await stat(managed).catch(() => null))?.size;
    if (size === undefined || !(await this.#unlink(managed, size))) throw missing(managed);
    return size;
  }

  /** Removes pictures whose time is over, then the oldest until the rest is small enough; returns what went. */
  async sweep(): Promise<{ removed: number; bytes: number }> {
    const config = this.#config();
    const oldestMs = Date.now() - config['render.ttl_seconds'] * 1000;
    let room = config['render.max_size_bytes'];
    let removed = 0;
    let bytes = 0;
    for (const [index, { path, mtimeMs, size }] of (await this.#entries()).entries()) {
      room -= size;
      // The newest stays, however large: somebody is about to read it.
      if (mtimeMs >= oldestMs && (room >= 0 || index === 0)) continue;
      if (!(await this.#unlink(path, size))) continue;
      removed++;
      bytes += size;
    }
    this.#counts.sweeps++;
    this.#counts.sweptAtMs = Date.now();
    return { removed, bytes };
  }

  async stats() {
    const entries = await this.#entries();
    const size = entries.reduce((sum, entry) => sum + entry.size, 0);
    const config = this.#config();
    const maxSize = config['render.max_size_bytes'];
    const interval = config['render.cleanup_interval_seconds'];
    const { kept, sweeps, removed, freed, refused, sweptAtMs } = this.#counts;
    const swept = Math.floor(sweptAtMs / 1000);
    return {
      activeRenders: entries.length,
      totalRenders: kept,
      totalCleanups: sweeps,
      currentCacheSize: size,
      maxCacheSize: maxSize,
      cacheUsagePercent: size / maxSize,
      filesCleaned: removed,
      bytesFreed: freed,
      securityViolations: refused,
      cleanupThreadActive: interval > 0,
      lastCleanup: swept,
      nextCleanup: interval > 0 ? (swept || Math.floor(Date.now() / 1000)) + interval : 0,
    };
  }

  /** The path of a picture of the store: another file must not be read or removed by way of it. */
  #managed(path: string): string {
    const full = resolve(this.#folder, path);
    if (dirname(full) === resolve(this.#folder) && MANAGED_NAME.test(basename(full))) return full;
    this.#counts.refused++;
    throw new GoxelError('path_not_allowed', `${path} is no picture of the render directory`, {
      path,
      allowed: [this.#folder],
    });
  }

  async #unlink(path: string, size: number): Promise<boolean> {
    try {
      await unlink(path);
    } catch {
      // Somebody else was faster.
      return false;
    }
    this.#counts.removed++;
    this.#counts.freed += size;
    return true;
  }

  /** Everything that is said of a picture is in its name and its bytes: nothing is lost by a restart. */
  #describe(path: string, bytes: Uint8Array): KeptRender {
    const createdAt = Number(MANAGED_NAME.exec(basename(path))![1]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return {
      path,
      size: bytes.length,
      format: 'png',
      // Of the PNG's header, which comes first.
      dimensions: { width: view.getUint32(16), height: view.getUint32(20) },
      checksum: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
      createdAt,
      expiresAt: createdAt + this.#config()['render.ttl_seconds'],
    };
  }

  /** Newest first. */
  async #entries(): Promise<Entry[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const found: Entry[] = [];
    for (const name of names) {
      if (!MANAGED_NAME.test(name)) continue;
      const path = join(this.#folder, name);
      const info = await stat(path).catch(() => null);
      if (info) found.push({ path, mtimeMs: info.mtimeMs, size: info.size });
    }
    return found.sort((a, b) => b.mtimeMs - a.mtimeMs);
  }
}

function missing(path: string): GoxelError {
  return new GoxelError('file_not_found', `no picture ${path}`, { path });
}
