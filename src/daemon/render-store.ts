import { randomBytes } from 'node:crypto';
import { mkdir, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config/index.js';
import type { Files } from './files.js';

const MANAGED_NAME = /^render_\d+_\d+_[0-9a-f]{8}\.\w+$/;

export interface KeptRender {
  readonly path: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/**
 * The folder of pictures that clients asked for without saying where: each is kept for a while, and the oldest go first when
 * there are too many bytes of them. Other files in the folder are left alone.
 */
export class RenderStore {
  readonly #files: Files;
  readonly #config: () => Config;
  readonly #folder: string;

  constructor(folder: string, files: Files, config: () => Config) {
    this.#folder = folder;
    this.#files = files;
    this.#config = config;
  }

  /** Keeps the bytes of a PNG. */
  async keep(bytes: Uint8Array): Promise<KeptRender> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const createdAt = Math.floor(Date.now() / 1000);
    const id = randomBytes(4).toString('hex');
    const path = join(this.#folder, `render_${createdAt}_${process.pid}_${id}.png`);
    await this.#files.write(path, bytes, { mode: 0o600 });
    await this.sweep();
    return { path, createdAt, expiresAt: createdAt + this.#config()['render.ttl_seconds'] };
  }

  /** Removes pictures whose time is over, then the oldest until the rest is small enough. */
  async sweep(): Promise<void> {
    const config = this.#config();
    const oldestMs = Date.now() - config['render.ttl_seconds'] * 1000;
    let room = config['render.max_size_bytes'];
    for (const [index, { path, mtimeMs, size }] of (await this.#list()).entries()) {
      room -= size;
      // The newest stays, however large: somebody is about to read it.
      if (mtimeMs >= oldestMs && (room >= 0 || index === 0)) continue;
      await unlink(path).catch(() => {
        // Somebody else was faster.
      });
    }
  }

  /** Newest first. */
  async #list(): Promise<{ path: string; mtimeMs: number; size: number }[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const found: { path: string; mtimeMs: number; size: number }[] = [];
    for (const name of names) {
      if (!MANAGED_NAME.test(name)) continue;
      const path = join(this.#folder, name);
      const info = await stat(path).catch(() => null);
      if (info) found.push({ path, mtimeMs: info.mtimeMs, size: info.size });
    }
    return found.sort((a, b) => b.mtimeMs - a.mtimeMs);
  }
}
