import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkerPool } from './workers/pool.js';
import type { OpenProject } from './workspace.js';

/** Copies of projects that had unsaved changes when the daemon stopped. */
export class Recovery {
  readonly #folder: string;

  constructor(dataDirectory: string) {
    this.#folder = join(dataDirectory, 'recovery');
  }

  /** Paths of the copies that earlier daemons left. */
  async list(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names
      .filter((name) => name.endsWith('.gox'))
      .sort()
      .map((name) => join(this.#folder, name));
  }

  /** Writes a copy of a project; returns its path. */
  async save(open: OpenProject, pool: WorkerPool): Promise<string> {
    const { bytes } = await pool.run<'save'>(
      { kind: 'save', format: 'gox', options: {} },
      { id: open.id, project: open.project },
    );
    await mkdir(this.#folder, { recursive: true, mode: 0o750 });
    const time = new Date().toISOString().replace(/[:.]/g, '-');
    const name = open.project.name.replace(/[^\w.-]+/g, '_').slice(0, 64) || 'project';
    const path = join(this.#folder, `${time}-${name}-${open.id}.gox`);
    await writeFile(path, bytes, { mode: 0o640, flag: 'wx' });
    return path;
  }
}
