import { makeLayer, makeProject, rgba, updateLayer, Volume } from 'goxel-daemon/engine';
import { type FormatContext, formatById } from 'goxel-daemon/formats';
import { LIMITS } from '../../src/base/index.js';
import { nodeCodecs } from '../../src/daemon/codecs.js';

/*
 * formats/vox: a solid terrain of 256 × 256 × 96 in 16 colours, 6.3 million voxels, one model; written from scratch, read, and
 * written back unchanged and with one voxel changed.
 */

const SIZE = [256, 256, 96] as const;
const ROUNDS = 5;

const context: FormatContext = {
  codecs: nodeCodecs,
  limits: LIMITS,
  warn: (code, message) => console.log(`  ${code}: ${message}`),
  progress: () => {},
  preview: null,
};
const vox = formatById('vox');
const project = makeProject({ layers: [makeLayer({ id: 1, volume: terrain() })] });
const voxels = project.layers[0]!.volume.count;

const bytes = measure('write from scratch', () => vox.write!(project, context, {}));
const again = measure('read', () => vox.read!(bytes, context));
const same = measure('write back unchanged', () => vox.write!(again, context, {}));
const volume = again.layers[0]!.volume.clone();
volume.set(10, 10, 10, rgba(1, 2, 3));
const edited = updateLayer(again, again.layers[0]!.id, { volume });
measure('write back with one voxel changed', () => vox.write!(edited, context, {}));

const memory = (again.extras.vox as { packed: Uint8Array }).packed.length;
const equal = Buffer.compare(same, bytes) === 0;
console.log(
  `  ${voxels} voxels, ${bytes.length} bytes, ${memory} bytes of extras; same bytes: ${equal}`,
);
if (!equal || !volume.clone() || again.layers[0]!.volume.count !== voxels) process.exitCode = 1;

function terrain(): Volume {
  const colors = Array.from({ length: 16 }, (_, i) => rgba(16 * i, 255 - 9 * i, 90));
  const filled = new Volume();
  const cells = new Uint32Array(4096);
  for (let bz = 0; bz < SIZE[2] / 16; bz++) {
    for (let by = 0; by < SIZE[1] / 16; by++) {
      for (let bx = 0; bx < SIZE[0] / 16; bx++) {
        for (let i = 0; i < cells.length; i++) {
          const x = 16 * bx + (i & 15);
          const y = 16 * by + ((i >> 4) & 15);
          const z = 16 * bz + (i >> 8);
          cells[i] = colors[(z + ((x * x + 3 * y) >> 6)) & 15]!;
        }
        filled.writeBlock(bx, by, bz, cells);
      }
    }
  }
  return filled;
}

/** The median of some rounds, printed; the result of the last. */
function measure<T>(name: string, run: () => T): T {
  const times: number[] = [];
  let result!: T;
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    result = run();
    times.push(performance.now() - start);
  }
  const ms = times.sort((a, b) => a - b)[ROUNDS >> 1]!;
  const rate = (voxels / ms / 1000).toFixed(1);
  console.log(
    `  ${name.padEnd(36)} ${ms.toFixed(0).padStart(6)} ms  ${rate.padStart(6)} M voxels/s`,
  );
  return result;
}
