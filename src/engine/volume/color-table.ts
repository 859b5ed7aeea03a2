import type { Color } from './color.js';

/** 2³² divided by the golden ratio: neighbours come to lie far apart. */
const MULTIPLIER = 0x9e3779b1;

/**
 * Numbers colours 0, 1, 2, … in the order in which they are first named: a hash table without an object for each. About 5 ns a
 * look-up.
 */
export class ColorTable {
  /** Colours named so far. */
  size = 0;
  /** By number; the first `size` are in use. */
  colors = new Uint32Array(64);
  /* Pairs of a colour and its number + 1: both lie in one line of the cache. */
  #pairs = new Uint32Array(512);
  /* Of a product of 32 bits, all but as many bits as the pairs need: the upper ones are the well mixed ones. */
  #shift = 24;

  /** The number of a colour, which must not be 0; given now if it has none. */
  idOf(color: Color): number {
    const pairs = this.#pairs;
    const mask = pairs.length - 2;
    let at = (Math.imul(color, MULTIPLIER) >>> this.#shift) << 1;
    while (pairs[at] !== color) {
      if (pairs[at + 1] === 0) return this.#add(at, color);
      at = (at + 2) & mask;
    }
    return pairs[at + 1]! - 1;
  }

  /** The numbers of many colours, −1 for empty cells; as {@link ColorTable.idOf}, in half the time. */
  idsOf(cells: Uint32Array, ids: Int32Array): void {
    let pairs = this.#pairs;
    let shift = this.#shift;
    let mask = pairs.length - 2;
    for (let i = 0; i < cells.length; i++) {
      const color = cells[i]!;
      if (color === 0) {
        ids[i] = -1;
        continue;
      }
      let at = (Math.imul(color, MULTIPLIER) >>> shift) << 1;
      while (pairs[at] !== color && pairs[at + 1] !== 0) at = (at + 2) & mask;
      let id = pairs[at + 1]! - 1;
      if (id < 0) {
        id = this.#add(at, color);
        pairs = this.#pairs;
        shift = this.#shift;
        mask = pairs.length - 2;
      }
      ids[i] = id;
    }
  }

  #add(at: number, color: Color): number {
    const id = this.size++;
    if (id === this.colors.length) {
      const colors = new Uint32Array(id * 2);
      colors.set(this.colors);
      this.colors = colors;
    }
    this.colors[id] = color;
    this.#pairs[at] = color;
    this.#pairs[at + 1] = id + 1;
    if (this.size * 3 > this.#pairs.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const pairs = new Uint32Array(this.#pairs.length * 2);
    const mask = pairs.length - 2;
    this.#shift--;
    for (let id = 0; id < this.size; id++) {
      let at = (Math.imul(this.colors[id]!, MULTIPLIER) >>> this.#shift) << 1;
      while (pairs[at + 1] !== 0) at = (at + 2) & mask;
      pairs[at] = this.colors[id]!;
      pairs[at + 1] = id + 1;
    }
    this.#pairs = pairs;
  }
}
