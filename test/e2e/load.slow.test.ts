import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestDaemon } from '../helpers/daemon.js';

let daemon: TestDaemon;
beforeAll(async () => {
  daemon = await TestDaemon.start();
});
afterAll(async () => {
  expect(await daemon.stop()).toBe(0);
});

const ping = '{"jsonrpc":"2.0","method":"ping","id":1}\n';

describe('a long day', () => {
  it('60 888 single voxels on one connection are all answered, in order', async () => {
    const count = 60_888;
    const raw = await daemon.raw();
    for (let i = 0; i < count; i++) {
      const params = [i % 64, (i >> 6) % 64, i >> 12, i & 255, (i >> 8) & 255, 9];
      raw.socket.write(
        `${JSON.stringify({ jsonrpc: '2.0', method: 'goxel.add_voxel', params, id: i })}\n`,
      );
    }
    const replies = await raw.lines(count);
    expect(replies.every((reply, i) => reply.id === i && 'result' in reply)).toBe(true);
    raw.socket.destroy();
    expect(
      await daemon.exchange('{"jsonrpc":"2.0","method":"goxel.get_bounding_box","id":1}'),
    ).toContain(`"voxel_count":${count}`);
  });

  it('2 000 connections one after the other leave no descriptor behind', async () => {
    const descriptors = () => readdirSync(`/proc/${daemon.pid}/fd`).length;
    await daemon.exchange(ping);
    const before = descriptors();
    for (let i = 0; i < 2000; i++) expect(await daemon.exchange(ping)).toContain('"pong":true');
    expect(descriptors()).toBeLessThanOrEqual(before + 1);
  });

  it('100 MB of brackets cost an error and nothing else', async () => {
    const raw = await daemon.raw();
    const chunk = '['.repeat(1 << 20);
    for (let i = 0; i < 100; i++) raw.socket.write(chunk);
    raw.socket.write(`\n${ping}`);
    const [error, pong] = await raw.lines(2);
    expect(error).toMatchObject({ error: { code: -32700 }, id: null });
    expect(pong).toMatchObject({ result: { pong: true } });
    raw.socket.destroy();
  });
});
