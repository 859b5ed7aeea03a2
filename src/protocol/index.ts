export { CSS_COLORS } from './css-colors.js';
export {
  type AcceptedForms,
  defineMethod,
  type MethodDefinition,
  type MethodKind,
  type ParamsOf,
  type ResultOf,
  SCOPES,
  type Scope,
  takesKey,
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
export type { ModelFact } from './methods/inspect.js';
export { CAMERA_PRESETS } from './methods/render.js';
export { SHAPES } from './methods/voxel.js';
export { CANCEL_REQUEST } from './methods/watch.js';
export {
  JsonText,
  keysToCamel,
  keysToSnake,
  PlainText,
  toCamel,
  toSnake,
  Verbatim,
  wireJson,
} from './names.js';
export { hasFloatLiteral, parseWithFloatColors, readParams } from './normalize.js';
export { openRpcDocument, paramsSchema, resultSchema } from './openrpc.js';
export { methodOfTool, ORIGINAL_TOOLS, translateTool } from './tool-names.js';
export { type ColorInput, type GroupRef, type LayerRef, parseColor } from './values.js';
