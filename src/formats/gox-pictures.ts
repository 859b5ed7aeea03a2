import { encodePng } from '../base/codec/index.js';
import type { ByteReader } from '../base/index.js';
import type { Layer, Picture } from '../engine/project/index.js';
import type { FormatContext } from './format.js';
import { readPicture } from './picture.js';

/** The chunks `goxp`: each is a whole PNG, the picture of one or more image layers, which name it by its place among them. */
export const PICTURE_CHUNK = 'goxp';

/** Writes each different picture once, and knows their indices. */
export class PicturePool {
  readonly #writeChunk: (type: string, data: Uint8Array) => void;
  readonly #context: FormatContext;
  readonly #indices = new Map<Picture, number>();

  constructor(writeChunk: (type: string, data: Uint8Array) => void, context: FormatContext) {
    this.#writeChunk = writeChunk;
    this.#context = context;
  }

  add({ image }: Layer): number | undefined {
    const picture = image?.picture;
    if (!picture) return undefined;
    const known = this.#indices.get(picture);
    if (known !== undefined) return known;
    const index = this.#indices.size;
    this.#indices.set(picture, index);
    const png = encodePng(picture, this.#context.codecs, { filter: 'up', level: 3 });
    this.#writeChunk(PICTURE_CHUNK, png);
    return index;
  }
}

/** Reads the pictures that layers name, each once; all of them together are bounded as one picture is. */
export class PictureReader {
  readonly #chunks: readonly ByteReader[];
  readonly #context: FormatContext;
  readonly #read = new Map<number, Picture | null>();
  #pixelsLeft: number;

  constructor(chunks: readonly ByteReader[], context: FormatContext) {
    this.#chunks = chunks;
    this.#context = context;
    this.#pixelsLeft = context.limits.imagePixels;
  }

  /** Null when the file does not have it, or it is damaged: the rest of the file is good. */
  get(index: number | undefined, layer: string): Picture | null {
    if (index === undefined) return null;
    const known = this.#read.get(index);
    if (known !== undefined) return known;
    const picture = this.#decode(index, layer);
    this.#read.set(index, picture);
    return picture;
  }

  #decode(index: number, layer: string): Picture | null {
    const chunk = this.#chunks[index];
    try {
      if (!chunk) throw new Error(`there is no picture ${index}`);
      const png = chunk.bytes(chunk.remaining, PICTURE_CHUNK);
      const picture = readPicture(png, this.#context.codecs, this.#pixelsLeft);
      this.#pixelsLeft -= picture.width * picture.height;
      return picture;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#context.warn('picture_ignored', `the picture of layer "${layer}": ${reason}`);
      return null;
    }
  }
}
