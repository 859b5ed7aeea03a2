/**
 * Models from named parts: a list of shapes, strokes, texts and groups, each placed with respect to others. In three steps: `readParts` reads
 * the words, `layOut` gives every part its place, `drawPart` writes voxels; `adviseBuild` says what is probably not meant.
 */
export { adviseBuild, type DrawnPart } from './advice.js';
export { type Drawing, drawPart, partCells } from './draw.js';
export { type Layout, layOut, type PlacedPart, type Surroundings } from './layout.js';
export { BUILD_LIMITS, PART_MODES, type Part, RELATION_WORDS } from './part.js';
export type { Anchor } from './place.js';
export { BODY_WORDS } from './read-body.js';
export { type PartList, readParts } from './read-part.js';
