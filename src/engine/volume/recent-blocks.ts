import type { Block, Owner } from './block.js';

const SLOTS = 4096;

/**
 * The blocks that one volume writes just now, by place: random access to a scene of up to 256³ then needs no walk through the tree. A
 * block is in it only while its volume owns it, and so stands where it stood: {@link RecentBlocks.find} asks the block,
 * so that whoever takes a block out of the tree has but to take its owner.
 */
export class RecentBlocks {
  readonly #blocks = new Array<Block | null>(SLOTS).fill(null);
  /* Block x, y, z of each slot, and one to align. */
  readonly #places = new Int32Array(SLOTS * 4);

  find(bx: number, by: number, bz: number, owner: Owner): Block | null {
    const slot = slotOf(bx, by, bz);
    const block = this.#blocks[slot]!;
    const places = this.#places;
    const at = slot << 2;
    return block !== null &&
      places[at] === bx &&
      places[at + 1] === by &&
      places[at + 2] === bz &&
      block.owner === owner
      ? block
      : null;
  }

  keep(bx: number, by: number, bz: number, block: Block): void {
    const slot = slotOf(bx, by, bz);
    this.#blocks[slot] = block;
    this.#places[slot << 2] = bx;
    this.#places[(slot << 2) + 1] = by;
    this.#places[(slot << 2) + 2] = bz;
  }
}

function slotOf(bx: number, by: number, bz: number): number {
  return (bx & 15) | ((by & 15) << 4) | ((bz & 15) << 8);
}
