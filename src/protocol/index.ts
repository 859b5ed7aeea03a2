export {
  ATTACHED,
  type Attachment,
  announcedBytes,
  announcement,
  attach,
  attachmentOf,
  putAttachment,
} from './attachment.js';
export {
  type AcceptedForms,
  defineMethod,
  type MethodDefinition,
  type MethodKind,
  type ParamsOf,
  type ResultOf,
  SCOPES,
  type Scope,
  shapeResult,
} from './define.js';
export * from './errors.js';
export {
  findMethod,
  METHODS,
  type MethodName,
  type MethodNameOf,
  methodNames,
  type Params,
  type Result,
} from './methods/index.js';
export { CAMERA_PRESETS } from './methods/render.js';
export { SHAPES } from './methods/voxel.js';
export {
  JsonText,
  keysToCamel,
  keysToSnake,
  nearest,
  PlainText,
  toCamel,
  toSnake,
  Verbatim,
  wireJson,
} from './names.js';
export { hasFloatLiteral, POSITION_WORDS, parseWithFloatColors, readParams } from './normalize.js';
export { openRpcDocument, paramsSchema, resultSchema } from './openrpc.js';
export { type LayerRef, parseColor } from './values.js';
