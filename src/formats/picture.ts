import { type Codecs, readPng } from '../base/codec/index.js';
import { ByteReader, LIMITS } from '../base/index.js';
import type { Picture } from '../engine/project/index.js';

/**
 * A PNG as the picture of an image layer, its pixels in shared memory.
 *
 * @throws GoxelError `invalid_file`, or `limit_exceeded` above `maxPixels`.
 */
export function readPicture(
  png: Uint8Array,
  codecs: Codecs,
  maxPixels: number = LIMITS.imagePixels,
): Picture {
  const { width, height, data } = readPng(new ByteReader('png', png), codecs, { maxPixels });
  const shared = new Uint8Array(new SharedArrayBuffer(data.length));
  shared.set(data);
  return { width, height, data: shared };
}
