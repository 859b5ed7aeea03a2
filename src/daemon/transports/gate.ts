import { GoxelError } from '../../base/index.js';
import type { Door } from '../caller.js';

/** Counts the connections of all doors, and closes when there are too many. */
export class ConnectionGate {
  readonly #limit: () => number;
  #active = 0;
  #total = 0;
  #rejected = 0;

  constructor(limit: () => number) {
    this.#limit = limit;
  }

  /** Connections now, ever, and refused. */
  get counts(): { readonly active: number; readonly total: number; readonly rejected: number } {
    return { active: this.#active, total: this.#total, rejected: this.#rejected };
  }

  /**
   * Lets a connection in.
   *
   * @returns its name for logs.
   * @throws GoxelError `too_many_connections`.
   */
  enter(door: Door): string {
    this.#total++;
    const limit = this.#limit();
    if (this.#active >= limit) {
      this.#rejected++;
      throw new GoxelError(
        'too_many_connections',
        `${limit} connections are open, which is the most (server.max_connections)`,
        { limit, retry_after_ms: 1000 },
      );
    }
    this.#active++;
    return `${door}-${this.#total}`;
  }

  leave(): void {
    this.#active--;
  }
}
