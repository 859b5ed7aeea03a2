export type { Codecs } from './codecs.js';
