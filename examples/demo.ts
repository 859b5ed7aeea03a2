/**
 * Builds a small scene through the daemon, the way any client would: a lighthouse on an island at dusk. Prints what it does,
 * writes the model as .gox and .vox and a picture of it, and says where they are.
 *
 * `npm run demo` uses the daemon that is running, or one of its own. `npm run demo -- --out FOLDER` says where to write.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connect, type GoxelClient } from 'goxel-daemon/client';

const { values } = parseArgs({
  options: { out: { type: 'string' }, socket: { type: 'string' } },
});
const out = resolve(values.out ?? join(tmpdir(), 'goxel-demo'));
mkdirSync(out, { recursive: true });

const { client, daemon } = await reachDaemon();
try {
  await build(client);
  await write(client);
} finally {
  client.close();
  daemon?.kill('SIGTERM');
}

type Place = [x: number, y: number, z: number];

async function build(goxel: GoxelClient): Promise<void> {
  say('a new project, 96 × 96 × 80');
  await goxel.call('goxel.create_project', {
    name: 'Lighthouse',
    size: [96, 96, 80],
    backgroundColor: '#2B2F4A',
    new: true,
  });
  const { layers } = await goxel.call('goxel.list_layers');

  say('materials: water, stone, lamp light');
  const water = await material(goxel, { name: 'Water', roughness: 0.1, metallic: 0.4 });
  const stone = await material(goxel, { name: 'Stone', roughness: 0.9, metallic: 0 });
  const light = await material(goxel, {
    name: 'Lamp light',
    emission: '#FFD27A',
    emissionStrength: 1.5,
  });

  await layer(goxel, 'Island', stone, layers[0]!.id);
  await island(goxel);
  await layer(goxel, 'Lighthouse', stone);
  await lighthouse(goxel);
  await layer(goxel, 'Lights', light);
  await lights(goxel);
  await layer(goxel, 'Cottage', stone);
  await cottage(goxel);
  await layer(goxel, 'Trees', null);
  await trees(goxel);
  await layer(goxel, 'Boat', null);
  await boat(goxel);
  await layer(goxel, 'Sea', water);
  await sea(goxel);

  const info = await goxel.call('goxel.get_project_info');
  say(`${info.voxelCount} voxels in ${info.layerCount} layers, revision ${info.revision}`);
}

/** A mound of sand, grass and rock, flattened where things stand. */
async function island(goxel: GoxelClient): Promise<void> {
  await solid(goxel, 'ellipsoid', [0, 0, 3], [76, 72, 14], '#D9C08A');
  await solid(goxel, 'ellipsoid', [0, 2, 5], [62, 58, 16], '#6E9B4E');
  await solid(goxel, 'ellipsoid', [-12, 6, 8], [34, 30, 16], '#7FAE58');
  for (const [x, y, size] of [
    [-34, -8, 10],
    [-30, 16, 12],
    [30, 20, 9],
    [34, -6, 7],
    [10, 32, 11],
  ] as const) {
    await solid(goxel, 'ellipsoid', [x, y, 4], [size, size - 2, size + 2], '#7C7F88');
    await solid(goxel, 'ellipsoid', [x + 2, y - 2, 6], [size - 4, size - 4, size - 3], '#959AA3');
  }
  // A path from the shore to the door, pressed into the grass: it paints what is there.
  for (let step = 0; step <= 20; step++) {
    const x = -12 + step * 1.6;
    const y = -4 - step * 1.3 + Math.sin(step / 3) * 3;
    await goxel.call('goxel.procedural_shape', {
      shapeType: 'sphere',
      size: 7,
      center: [Math.round(x), Math.round(y), 14 - Math.round(step / 3)],
      color: '#C9B48C',
      mode: 'paint',
    });
  }
}

/** A tower in red and white that narrows upwards, a gallery with a railing, and a dome. */
async function lighthouse(goxel: GoxelClient): Promise<void> {
  const [x, y] = [-12, 6];
  await solid(goxel, 'cylinder', [x, y, 17], [22, 22, 4], '#8A8D96');
  await solid(goxel, 'cylinder', [x, y, 20], [19, 19, 3], '#A2A6AF');
  const stripes = ['#F2EFE6', '#C8382E'] as const;
  for (let stripe = 0; stripe < 6; stripe++) {
    const size = 16 - 2 * Math.floor(stripe / 2);
    await solid(goxel, 'cylinder', [x, y, 24 + stripe * 6], [size, size, 6], stripes[stripe % 2]!);
  }
  await solid(goxel, 'cylinder', [x, y, 58], [16, 16, 2], '#3A3D47');
  await goxel.call('goxel.procedural_shape', {
    shapeType: 'tube',
    center: [x, y, 60],
    size: [16, 16, 2],
    wallThickness: 1,
    color: '#3A3D47',
  });
  for (const [dx, dy] of [
    [-4, -4],
    [-4, 3],
    [3, -4],
    [3, 3],
  ] as const) {
    await box(goxel, [x + dx, y + dy, 59], [x + dx, y + dy, 66], '#3A3D47');
  }
  await goxel.call('goxel.procedural_shape', {
    shapeType: 'dome',
    center: [x, y, 69],
    size: [12, 12, 6],
    color: '#B83227',
  });
  await box(goxel, [x, y, 72], [x, y, 75], '#E8C35A');
  // The door, and windows that climb around the tower.
  await box(goxel, [x - 2, y - 9, 19], [x + 1, y - 7, 25], '#5A3A22');
  await box(goxel, [x - 1, y - 8, 34], [x, y - 6, 37], '#2A3550');
  await box(goxel, [x + 5, y - 1, 41], [x + 7, y, 44], '#2A3550');
  await box(goxel, [x - 1, y - 7, 48], [x, y - 5, 51], '#2A3550');
}

async function lights(goxel: GoxelClient): Promise<void> {
  await solid(goxel, 'cylinder', [-12, 6, 63], [7, 7, 7], '#FFE9B0');
  // The windows of the cottage.
  await box(goxel, [13, -6, 14], [15, -6, 16], '#FFD98A');
  await box(goxel, [22, -6, 14], [24, -6, 16], '#FFD98A');
}

/** White walls, a roof of steps, a chimney. */
async function cottage(goxel: GoxelClient): Promise<void> {
  await box(goxel, [10, -5, 8], [27, 8, 18], '#EDE6D6');
  await box(goxel, [13, -5, 13], [15, -5, 17], '#6B4A30');
  await box(goxel, [22, -5, 13], [24, -5, 17], '#6B4A30');
  await box(goxel, [17, -6, 9], [20, -5, 15], '#7A3B2A');
  for (let step = 0; step < 8; step++) {
    await box(
      goxel,
      [9, -7 + step, 19 + step],
      [28, 10 - step, 19 + step],
      step % 2 ? '#A9502F' : '#B85B36',
    );
  }
  await box(goxel, [23, 3, 20], [25, 5, 30], '#8C5B46');
}

async function trees(goxel: GoxelClient): Promise<void> {
  for (const [x, y, z, height] of [
    [-2, 24, 10, 15],
    [8, 20, 10, 12],
    [-26, -10, 9, 13],
    [27, 14, 9, 11],
    [4, -18, 8, 10],
  ] as const) {
    await box(goxel, [x - 1, y - 1, z], [x, y, z + 5], '#6A4527');
    for (let tier = 0; tier < 3; tier++) {
      const size = height - 1 - tier * 3;
      await goxel.call('goxel.procedural_shape', {
        shapeType: 'cone',
        center: [x, y, z + 6 + tier * 4],
        size: [size, size, 7],
        color: ['#2F6B3E', '#397A47', '#478B52'][tier]!,
      });
    }
  }
}

async function boat(goxel: GoxelClient): Promise<void> {
  await solid(goxel, 'ellipsoid', [30, -36, 5], [18, 8, 8], '#8B4A2B');
  await goxel.call('goxel.fill_box', {
    min: [20, -42, 6],
    max: [42, -30, 12],
    color: [0, 0, 0, 0],
  });
  await box(goxel, [24, -38, 5], [36, -34, 5], '#C08A54');
  await box(goxel, [30, -36, 6], [30, -36, 20], '#5B3B22');
  for (let row = 0; row < 12; row++) {
    await box(
      goxel,
      [31, -36, 8 + row],
      [31 + Math.max(0, 8 - Math.round(row * 0.7)), -36, 8 + row],
      '#F4EBDC',
    );
  }
}

/** Water that one can see through, only where nothing else is. */
async function sea(goxel: GoxelClient): Promise<void> {
  await goxel.call('goxel.procedural_shape', {
    shapeType: 'cylinder',
    center: [0, 0, 2],
    size: [96, 96, 4],
    color: [52, 120, 168, 170],
  });
  await goxel.call('goxel.reorder_layer', { layerId: 'Sea', index: 0 });
}

async function write(goxel: GoxelClient): Promise<void> {
  const gox = await goxel.call('goxel.save_project', { path: join(out, 'lighthouse.gox') });
  say(`saved ${gox.path} (${gox.size} bytes)`);
  const vox = await goxel.call('goxel.export_model', { path: join(out, 'lighthouse.vox') });
  say(`saved ${vox.path} (${vox.size} bytes)`);
  const picture = await goxel.call('goxel.render_scene', {
    outputPath: join(out, 'lighthouse.png'),
    width: 1024,
    height: 1024,
    samples: 2,
    cameraPreset: 'isometric',
  });
  say(`rendered ${picture.outputPath} in ${Math.round(picture.renderTimeMs)} ms`);
}

async function material(
  goxel: GoxelClient,
  params: Parameters<typeof goxel.call<'goxel.create_material'>>[1],
): Promise<number> {
  return (await goxel.call('goxel.create_material', params)).materialId;
}

/** Begins a layer, or takes over one that is there, and gives it a material. */
async function layer(
  goxel: GoxelClient,
  name: string,
  materialId: number | null,
  existingId?: number,
): Promise<void> {
  say(`layer ${name}`);
  if (existingId === undefined) await goxel.call('goxel.create_layer', { name });
  else await goxel.call('goxel.rename_layer', { layerId: existingId, name });
  await goxel.call('goxel.update_layer', { materialId: materialId ?? 0 });
}

async function solid(
  goxel: GoxelClient,
  shapeType: string,
  center: Place,
  size: Place,
  color: string,
): Promise<void> {
  await goxel.call('goxel.procedural_shape', { shapeType, center, size, color });
}

async function box(goxel: GoxelClient, min: Place, max: Place, color: string): Promise<void> {
  await goxel.call('goxel.fill_box', { min, max, color });
}

/** The daemon that is running, else one of our own on a socket of its own. */
async function reachDaemon(): Promise<{ client: GoxelClient; daemon: ChildProcess | null }> {
  try {
    const options = values.socket === undefined ? {} : { socketPath: values.socket };
    return { client: await connect(options), daemon: null };
  } catch (error) {
    if (values.socket !== undefined) throw error;
  }
  say('no daemon is running: starting one for the demo');
  const socketPath = join(out, 'demo.sock');
  const program = fileURLToPath(new URL('../bin/goxel-daemon', import.meta.url));
  const daemon = spawn(
    process.execPath,
    [program, '--socket', socketPath, '--working-dir', out, '--log-level', 'warn'],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  for (let attempt = 0; ; attempt++) {
    try {
      return { client: await connect({ socketPath }), daemon };
    } catch (error) {
      if (attempt === 100 || daemon.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function say(text: string): void {
  process.stdout.write(`demo: ${text}\n`);
}
