export { decodeBase64, encodeBase64 } from './base64.js';
export type { Codecs } from './codecs.js';
export {
  encodeIndexedPng,
  encodePng,
  type IndexedPixels,
  type Pixels,
  type PngFilter,
  type PngOptions,
} from './png.js';
export type { PngHeader, PngReadOptions } from './png-chunks.js';
export { readPng } from './png-decode.js';
export { fromTaggedJson, toTaggedJson } from './tagged-json.js';
