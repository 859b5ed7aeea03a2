export * from './edit/index.js';
export * from './filter/index.js';
export * from './generate/index.js';
export * from './math/index.js';
export * from './project/index.js';
export * from './query/index.js';
export * from './shape/index.js';
export * from './volume/index.js';
