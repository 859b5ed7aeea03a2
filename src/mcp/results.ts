/** Bytes of answers that are kept aside, all together. */
const BYTES_MAX = 32 * 1024 * 1024;

/** An answer that was too large to be sent, to be read as a resource. */
export interface KeptResult {
  readonly uri: string;
  readonly mimeType: string;
  /** Text, or base64 for other types. */
  readonly text: string;
  readonly about: string;
}

/** Answers that were put aside, the oldest forgotten first. */
export class KeptResults {
  readonly #kept = new Map<string, KeptResult>();
  #bytes = 0;
  #made = 0;

  get list(): readonly KeptResult[] {
    return [...this.#kept.values()];
  }

  keep(mimeType: string, text: string, about: string): KeptResult {
    const kept = { uri: `goxel://result/${++this.#made}`, mimeType, text, about };
    this.#kept.set(kept.uri, kept);
    this.#bytes += text.length;
    for (const [uri, oldest] of this.#kept) {
      if (this.#bytes <= BYTES_MAX || uri === kept.uri) break;
      this.#kept.delete(uri);
      this.#bytes -= oldest.text.length;
    }
    return kept;
  }

  get(uri: string): KeptResult | undefined {
    return this.#kept.get(uri);
  }
}
