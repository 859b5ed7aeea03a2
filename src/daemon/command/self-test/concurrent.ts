import { connect } from 'node:net';
import { PrivateDaemon } from './private-daemon.js';
import { expect, Steps } from './steps.js';

const CLIENTS = 32;
const REQUESTS = 200;

/** Starts a private daemon and lets many clients draw at once; every answer is checked, and every voxel is there. */
export async function testConcurrent(): Promise<number> {
  const steps = new Steps();
  using daemon = new PrivateDaemon();
  daemon.configure();
  await steps.step('it starts and answers', () => daemon.start());
  await steps.step(
    `${CLIENTS} clients draw ${REQUESTS} voxels each, every answer is right`,
    async () => {
      await daemon.call('goxel.create_project', { name: 'Concurrent' });
      const clients = Array.from({ length: CLIENTS }, (_, y) => draw(daemon.socketPath, y));
      await Promise.all(clients);
    },
  );
  await steps.step('every voxel is there', async () => {
    const { voxel_count } = await daemon.call('goxel.get_bounding_box');
    expect(voxel_count === CLIENTS * REQUESTS, `${voxel_count} voxels`);
  });
  await steps.step('all connections are gone', async () => {
    const { connections } = await daemon.call('status');
    const { active } = connections as { active: number };
    expect(active === 1, `${active} connections are open`);
  });
  return steps.finish();
}

/** Draws a row of voxels over one connection, all requests at once. */
function draw(socketPath: string, y: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let text = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('close', () => {
      const lines = text.trim().split('\n');
      const right = lines.every((line, id) => {
        const reply = JSON.parse(line) as { id: number; result?: { x: number; y: number } };
        return reply.id === id && reply.result?.x === id && reply.result.y === y;
      });
      if (right && lines.length === REQUESTS) resolve();
      else reject(new Error(`client ${y} got ${lines.length} answers, or wrong ones`));
    });
    let requests = '';
    for (let x = 0; x < REQUESTS; x++) {
      const params = { position: [x, y, 0], color: [255, 255, 255] };
      requests += `${JSON.stringify({ jsonrpc: '2.0', method: 'goxel.add_voxel', params, id: x })}\n`;
    }
    socket.end(requests);
  });
}
