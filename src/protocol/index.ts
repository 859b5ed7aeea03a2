export {
  type AcceptedForms,
  defineMethod,
  type MethodDefinition,
  type MethodKind,
  type ParamsOf,
  type ResultOf,
  SCOPES,
  type Scope,
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
  keysToCamel,
  keysToSnake,
  nearest,
  PlainText,
  toCamel,
  toSnake,
  Verbatim,
  wireJson,
} from './names.js';
export { hasFloatLiteral, parseWithFloatColors, readParams } from './normalize.js';
export { openRpcDocument, paramsSchema, resultSchema } from './openrpc.js';
export { type GroupRef, type LayerRef, parseColor } from './values.js';
