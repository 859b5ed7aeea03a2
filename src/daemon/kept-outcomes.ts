import { GoxelError } from '../base/index.js';

/** Outcomes that are kept, by number and by characters of keys and results; the oldest go first. */
const KEPT_MAX = 65_536;
const KEPT_CHARACTERS_MAX = 64 * 1024 * 1024;

/** A call that has a key. */
export interface KeyedCall {
  /** Unique among all callers. */
  readonly key: string;
  /** Of method and params: a key stands for one call only. */
  readonly fingerprint: number;
  /** Clock of the process when it was first sent, at the earliest; null when this is the first time. */
  readonly repeatedSinceMs: number | null;
}

interface Kept {
  readonly fingerprint: number;
  /** The answer, or that of a call that is under way. */
  json: string | Promise<string>;
  endedMs: number;
}

/**
 * What calls with a key were answered, so that one that is sent again (its client has lost the connection and does not know how far it came) is
 * answered and not done again. A call that failed has changed nothing: it is forgotten, and a repeat tries again.
 *
 * Nothing is kept beyond the bounds, and a repeat of something that may have been dropped is refused: never done twice, never silently.
 */
export class KeptOutcomes {
  readonly #kept = new Map<string, Kept>();
  readonly #clock: () => number;
  readonly #max: number;
  readonly #charactersMax: number;
  #characters = 0;
  /** Until when calls may have ended whose outcome is gone. */
  #forgottenMs = Number.NEGATIVE_INFINITY;

  /** @param clock - Time in ms that never goes back. */
  constructor(
    clock: () => number = () => performance.now(),
    { max = KEPT_MAX, charactersMax = KEPT_CHARACTERS_MAX } = {},
  ) {
    this.#clock = clock;
    this.#max = max;
    this.#charactersMax = charactersMax;
  }

  get size(): number {
    return this.#kept.size;
  }

  /**
   * Makes a call unless it was made before; a repeat of one that is under way waits for it.
   *
   * @throws GoxelError `outcome_unknown`, `invalid_params` for a key that stands for another call, or what the call raises.
   */
  once(keyed: KeyedCall, call: () => string | Promise<string>): string | Promise<string> {
    const { key, fingerprint, repeatedSinceMs } = keyed;
    const known = this.#kept.get(key);
    if (known) {
      if (known.fingerprint === fingerprint) return known.json;
      throw new GoxelError('invalid_params', 'idempotency_key was used for another call', {
        param: 'idempotency_key',
      });
    }
    if (repeatedSinceMs !== null && repeatedSinceMs <= this.#forgottenMs) {
      throw new GoxelError(
        'outcome_unknown',
        `the call may have been done: outcomes are kept for the last ${this.#max} calls with a key, and there were more since`,
        { limit: this.#max },
      );
    }
    const json = call();
    const kept: Kept = { fingerprint, json, endedMs: 0 };
    this.#kept.set(key, kept);
    if (typeof json === 'string') {
      this.#end(key, kept, json);
      return json;
    }
    kept.json = json.then(
      (text) => {
        this.#end(key, kept, text);
        return text;
      },
      (error) => {
        this.#kept.delete(key);
        throw error;
      },
    );
    return kept.json;
  }

  #end(key: string, kept: Kept, json: string): void {
    // V8 has it as a tree of its parts; looking at a character makes it one piece, a fifth of the memory.
    json.charCodeAt(0);
    kept.json = json;
    // A whole number needs no memory of its own.
    kept.endedMs = Math.ceil(this.#clock());
    this.#characters += key.length + json.length;
    if (this.#characters > this.#charactersMax || this.#kept.size > this.#max) this.#trim();
  }

  /** Forgets a sixteenth at once: a map that loses its first entry again and again looks for the next one longer each time. */
  #trim(): void {
    const max = this.#max - (this.#max >> 4);
    const charactersMax = this.#charactersMax - this.#charactersMax / 16;
    for (const [key, { json, endedMs }] of this.#kept) {
      if (this.#characters <= charactersMax && this.#kept.size <= max) return;
      // What is under way is kept: it is bounded by the queues.
      if (typeof json !== 'string') continue;
      this.#kept.delete(key);
      this.#characters -= key.length + json.length;
      this.#forgottenMs = Math.max(this.#forgottenMs, endedMs);
    }
  }
}

/** So much of a call is looked at: enough to tell mistakes apart, little enough to cost nothing. */
const VALUES_LOOKED_AT = 256;
const CHARACTERS_LOOKED_AT = 32;

/** A number of 32 bits from a method and its params, other for other calls as a rule. O(1): of what is
 * long only a part counts. */
export function fingerprint(method: string, params: object): number {
  let hash = 0x811c9dc5;
  let left = VALUES_LOOKED_AT;
  const mix = (value: number) => {
    hash = Math.imul(hash ^ value, 0x01000193);
  };
  const mixText = (text: string) => {
    mix(text.length);
    const tail = Math.max(CHARACTERS_LOOKED_AT, text.length - CHARACTERS_LOOKED_AT);
    for (let i = 0; i < Math.min(text.length, CHARACTERS_LOOKED_AT); i++) mix(text.charCodeAt(i));
    for (let i = tail; i < text.length; i++) mix(text.charCodeAt(i));
  };
  const visit = (value: unknown): void => {
    if (left-- <= 0) return;
    if (typeof value === 'number' && Number.isInteger(value)) mix(value);
    else if (typeof value === 'string') mixText(value);
    else if (typeof value !== 'object' || value === null) mixText(String(value));
    else if (Array.isArray(value) || value instanceof Uint8Array) {
      mix(value.length);
      for (let i = 0; i < value.length && left > 0; i++) visit(value[i]);
    } else {
      for (const [name, item] of Object.entries(value)) {
        mixText(name);
        visit(item);
      }
    }
  };
  mixText(method);
  visit(params);
  return hash;
}
