import { quantile, report } from '../report.js';
import { addVoxel, Server } from './peers.js';

/* daemon/busy-render: how long `goxel.add_voxel` takes while a picture of about two seconds keeps all workers busy. */

const LIMIT_MS = 5;
const PICTURE_MS_MIN = 2000;

const daemon = await Server.daemon();
const painter = await daemon.connect();
const editor = await daemon.connect();
await painter.call(
  '{"jsonrpc":"2.0","method":"goxel.procedural_shape","params":{"shape_type":"sphere","size":200,"color":"coral"},"id":1}\n',
);
const picture = (side: number) =>
  `{"jsonrpc":"2.0","method":"goxel.render_scene","params":{"width":${side},"height":${side},"options":{"return_mode":"base64"}},"id":1}\n`;
await painter.call(picture(512));
for (let i = 0; i < 2000; i++) await editor.call(addVoxel(i));

let side = 1024;
for (;;) {
  const { pictureMs, edits } = await editWhileRendering(side);
  if (pictureMs < PICTURE_MS_MIN && side < 8192) {
    side = Math.min(8192, Math.ceil(side * Math.sqrt((PICTURE_MS_MIN * 1.3) / pictureMs)));
    continue;
  }
  console.log(
    `daemon/busy-render: ${edits.length} edits during a picture of ${side}² that took ${pictureMs.toFixed(0)} ms`,
  );
  report('add_voxel p50', quantile(edits, 0.5), 'ms');
  report('add_voxel p99', quantile(edits, 0.99), 'ms', { atMost: LIMIT_MS });
  report('add_voxel max', quantile(edits, 1), 'ms');
  break;
}
painter[Symbol.dispose]();
editor[Symbol.dispose]();
daemon[Symbol.dispose]();

async function editWhileRendering(pixels: number): Promise<{ pictureMs: number; edits: number[] }> {
  let rendering = true;
  const start = performance.now();
  const done = painter.call(picture(pixels)).then(() => {
    rendering = false;
    return performance.now() - start;
  });
  const edits: number[] = [];
  for (let i = 0; rendering; i++) {
    const text = addVoxel(i);
    const sent = performance.now();
    await editor.call(text);
    edits.push(performance.now() - sent);
  }
  return { pictureMs: await done, edits };
}
