export { ByteReader } from './byte-reader.js';
export { ByteWriter } from './byte-writer.js';
export {
  assert,
  ERRORS,
  type ErrorCode,
  type ErrorData,
  GoxelError,
  unreachable,
} from './errors.js';
export { LIMITS } from './limits.js';
export type { Logger } from './logger.js';
export {
  type ProgressListener,
  partOfProgress,
  reportProgress,
  withProgress,
} from './progress.js';
