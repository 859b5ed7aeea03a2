export { attach } from './attach.js';
export { type Backend, BackendError, type Json } from './backend.js';
export { type FrontOptions, McpFront } from './front.js';
export { type ServeOptions, serve } from './serve.js';
