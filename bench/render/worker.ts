import { parentPort, workerData } from 'node:worker_threads';
import {
  makeLayer,
  makeProject,
  type PackedBlocks,
  unpackBlocks,
  Volume,
} from 'goxel-daemon/engine';
import { prepareScene, type RenderSettings, renderTile, type View } from 'goxel-daemon/render';

/** One of the threads that share an image: makes its own scene of the shared blocks, then takes rows until none is left. */

export interface WorkerImage {
  readonly view: View;
  readonly settings: RenderSettings;
  readonly pixels: SharedArrayBuffer;
  /** One integer: the next row of tiles that nobody has taken. */
  readonly next: SharedArrayBuffer;
}

const ROWS = 16;
const volume = new Volume();
unpackBlocks(volume, (workerData as { blocks: PackedBlocks }).blocks);
const project = makeProject({ layers: [makeLayer({ id: 1, volume })] });

parentPort!.on('message', ({ view, settings, pixels, next }: WorkerImage) => {
  const scene = prepareScene(project);
  const out = new Uint8Array(pixels);
  const counter = new Int32Array(next);
  for (;;) {
    const y0 = Atomics.add(counter, 0, 1) * ROWS;
    if (y0 >= view.height) break;
    renderTile(scene, view, settings, { x0: 0, y0, x1: view.width, y1: y0 + ROWS }, out);
  }
  parentPort!.postMessage('done');
});
parentPort!.postMessage('ready');
