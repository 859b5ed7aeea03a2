import { decode, encode } from 'fast-png';
import { BLOCK_VOXELS, readBlock } from 'goxel-daemon/engine';
import { encodePng, readPng } from '../../src/base/codec/index.js';
import { ByteReader } from '../../src/base/index.js';
import { nodeCodecs } from '../../src/daemon/codecs.js';
import { alternate, blockScene } from './block-scene.js';

/* formats/png-blocks: 64×64 pictures as a .gox holds them, and one image of 1024², against fast-png in the same run. */

const BLOCKS = 1000;
const pictures: Uint8Array[] = [];
blockScene().forEachBlock((block) => {
  if (pictures.length === BLOCKS) return;
  const cells = new Uint32Array(BLOCK_VOXELS);
  readBlock(block, cells);
  pictures.push(new Uint8Array(cells.buffer));
});
const block = (data: Uint8Array) => ({ width: 64, height: 64, data });
const options = { filter: 'none', level: 1 } as const;

let ours: Uint8Array[] = [];
let theirs: Uint8Array[] = [];
const times = alternate(5, {
  'encode, ours': () => {
    ours = pictures.map((data) => encodePng(block(data), nodeCodecs, options));
  },
  'encode, fast-png': () => {
    theirs = pictures.map((data) => encode({ ...block(data), channels: 4, depth: 8 }));
  },
  'decode, ours': () => {
    for (const bytes of ours) readPng(new ByteReader('png', bytes), nodeCodecs);
  },
  'decode, fast-png': () => {
    for (const bytes of ours) decode(bytes);
  },
});
console.log(`formats/png-blocks: ${BLOCKS} blocks, medians`);
for (const [name, ms] of times) print(name, (ms * 1000) / BLOCKS, 'µs a block');
print('size, ours', average(ours), 'bytes');
print('size, fast-png', average(theirs), 'bytes');

const side = 1024;
const large = new Uint8Array(side * side * 4);
for (let i = 0; i < large.length; i++) {
  const [x, y] = [(i >> 2) % side, (i >> 2) / side];
  large[i] = (i & 3) === 3 ? 255 : 128 + 100 * Math.sin(x / 90 + y / 70 + (i & 3));
}
const image = { width: side, height: side, data: large };
const bytes = encodePng(image, nodeCodecs);
const largeTimes = alternate(3, {
  'encode 1024², ours (up, level 3)': () => encodePng(image, nodeCodecs),
  'encode 1024², fast-png': () => encode({ ...image, channels: 4, depth: 8 }),
  'decode 1024², ours': () => readPng(new ByteReader('png', bytes), nodeCodecs),
  'decode 1024², fast-png': () => decode(bytes),
});
for (const [name, ms] of largeTimes) print(name, ms, 'ms');

const ratio = times.get('encode, ours')! / times.get('encode, fast-png')!;
console.log(`  limit: at most a half of fast-png's time: ${ratio < 0.5 ? 'met' : 'MISSED'}`);
if (ratio >= 0.5) process.exitCode = 1;

function average(files: readonly Uint8Array[]): number {
  return files.reduce((sum, file) => sum + file.length, 0) / files.length;
}

function print(name: string, value: number, unit: string): void {
  console.log(`  ${name.padEnd(36)}${value.toFixed(1).padStart(10)} ${unit}`);
}
