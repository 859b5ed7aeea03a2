/** The codecs that tests hand to the pure folders: those of the daemon. */
export { nodeCodecs as codecs } from '../../src/daemon/codecs.js';
