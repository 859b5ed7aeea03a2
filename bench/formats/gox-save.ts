import { BLOCK_VOXELS, makeLayer, makeProject, readBlock } from 'goxel-daemon/engine';
import type { FormatContext } from 'goxel-daemon/formats';
import { encodePng } from '../../src/base/codec/index.js';
import { LIMITS } from '../../src/base/index.js';
import { nodeCodecs } from '../../src/daemon/codecs.js';
import { gox } from '../../src/formats/gox.js';
import { alternate, blockScene } from './block-scene.js';

/* formats/gox-save: a scene of 8000 different blocks as .gox, without preview, and the share of the PNG codec in it. */

const context: FormatContext = {
  codecs: nodeCodecs,
  limits: LIMITS,
  warn: (code, message) => {
    throw new Error(`${code}: ${message}`);
  },
  progress: () => {},
  preview: null,
};
const volume = blockScene();
const blocks = volume.blockCount();
const project = makeProject({ layers: [makeLayer({ id: 1, volume })] });
const rgba = gox.options.parse({});
const indexed = gox.options.parse({ blocks: 'indexed' });

const pictures: Uint8Array[] = [];
volume.forEachBlock((block) => {
  const cells = new Uint32Array(BLOCK_VOXELS);
  readBlock(block, cells);
  pictures.push(new Uint8Array(cells.buffer));
});

let file = new Uint8Array(0);
let small = new Uint8Array(0);
const times = alternate(3, {
  'save, rgba blocks': () => {
    file = gox.write!(project, context, rgba).slice();
  },
  'of that PNG': () => {
    for (const data of pictures) {
      encodePng({ width: 64, height: 64, data }, nodeCodecs, { filter: 'none', level: 1 });
    }
  },
  'of that deflate alone': () => {
    for (const data of pictures) nodeCodecs.deflate(data, 1);
  },
  'load, rgba blocks': () => gox.read!(file, context),
  'save, indexed blocks': () => {
    small = gox.write!(project, context, indexed).slice();
  },
  'load, indexed blocks': () => gox.read!(small, context),
});

console.log(`formats/gox-save: ${blocks} blocks, ${volume.count} voxels, medians`);
for (const [name, ms] of times) {
  const rate = ((blocks / ms) * 1000).toFixed(0);
  console.log(`  ${name.padEnd(26)}${ms.toFixed(0).padStart(8)} ms  ${rate.padStart(8)} blocks/s`);
}
const share = (100 * times.get('of that PNG')!) / times.get('save, rgba blocks')!;
console.log(`  share of PNG in saving rgba blocks: ${share.toFixed(0)} %`);
console.log(
  `  file ${(file.length / 1e6).toFixed(2)} MB, indexed ${(small.length / 1e6).toFixed(2)} MB`,
);
