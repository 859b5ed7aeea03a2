/**
 * Numbers blocks 0, 1, 2, … in the order in which they are first named: a hash table of block coordinates without a string or an
 * object for each. About 10 ns a look-up.
 */
export class BlockIndex {
  /** Blocks named so far; their coordinates are `x[id]`, `y[id]`, `z[id]`. */
  count = 0;
  x = new Int32Array(64);
  y = new Int32Array(64);
  z = new Int32Array(64);
  #slots = new Int32Array(256);

  /** The number of a block, given now if it has none. */
  idOf(bx: number, by: number, bz: number): number {
    const slot = this.#find(bx, by, bz);
    const known = this.#slots[slot]! - 1;
    return known >= 0 ? known : this.#add(slot, bx, by, bz);
  }

  /** The slot that holds a block, or the empty one where it belongs. Slots hold id + 1. */
  #find(bx: number, by: number, bz: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hash = Math.imul(bx, 0x9e3779b1) ^ Math.imul(by, 0x85ebca6b) ^ Math.imul(bz, 0xc2b2ae35);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    for (;;) {
      const id = slots[slot]! - 1;
      if (id < 0 || (this.x[id] === bx && this.y[id] === by && this.z[id] === bz)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #add(slot: number, bx: number, by: number, bz: number): number {
    const id = this.count++;
    if (id === this.x.length) {
      this.x = grown(this.x);
      this.y = grown(this.y);
      this.z = grown(this.z);
    }
    this.x[id] = bx;
    this.y[id] = by;
    this.z[id] = bz;
    this.#slots[slot] = id + 1;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 4);
    for (let id = 0; id < this.count; id++) {
      this.#slots[this.#find(this.x[id]!, this.y[id]!, this.z[id]!)] = id + 1;
    }
  }
}

/** A copy twice as long. */
export function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
