import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { ReplyReader } from '../../src/client/attachments.js';
import type { GoxelClient } from '../../src/client/index.js';
import { TestDaemon } from '../helpers/daemon.js';

/* Bytes behind a reply: the same ones as in its base64, through every door, and only for who asks. */

let daemon: TestDaemon;
let goxel: GoxelClient;
beforeAll(async () => {
  daemon = await TestDaemon.start();
  goxel = await daemon.client();
  await goxel.call('goxel.execute_script', {
    script: 'for (let i = 0; i < 300; i++) volume.set(i - 150, i % 7, -i % 5, rgba(i, 2, 3, 255))',
  });
});
afterAll(async () => {
  goxel.close();
  await daemon.stop();
});

const REGION = { min: [-200, -200, -200], max: [200, 200, 200], limit: 0 };
const region = (params: object) =>
  JSON.stringify({
    jsonrpc: '2.0',
    method: 'goxel.get_voxels_region',
    params: { ...REGION, ...params },
    id: 1,
  });

async function wanted(encoding: 'packed' | 'packed32'): Promise<Buffer> {
  const { packed } = (await goxel.callRaw('goxel.get_voxels_region', { ...REGION, encoding })) as {
    packed: { data: string };
  };
  return Buffer.from(packed.data, 'base64');
}

/** A line, and as many bytes behind it as it announces. */
function parse(received: Buffer): { reply: Record<string, never>; bytes: Buffer } {
  const newline = received.indexOf(10);
  const reply = JSON.parse(received.toString('utf8', 0, newline));
  return { reply, bytes: received.subarray(newline + 1) };
}

async function exchange(message: string): Promise<Buffer> {
  const { createConnection } = await import('node:net');
  const socket = createConnection(daemon.socketPath);
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  const ended = new Promise((resolve) => socket.once('end', resolve));
  socket.end(message);
  await ended;
  return Buffer.concat(received);
}

describe('bytes behind a reply', () => {
  it.each(['packed', 'packed32'] as const)('are the records of %s', async (encoding) => {
    const expected = await wanted(encoding);
    const binary = encoding.replace('packed', 'binary');
    const { reply, bytes } = parse(await exchange(region({ encoding: binary })));
    expect(reply).toMatchObject({
      jsonrpc: '2.0',
      id: 1,
      result: { count: 300, packed: { format: encoding, data: null } },
      attachment: { bytes: expected.length, at: 'packed.data' },
    });
    expect(bytes).toEqual(expected);
  });

  it('are followed by the next reply', async () => {
    const ping = '{"jsonrpc":"2.0","method":"ping","id":2}';
    const received = await exchange(`${region({ encoding: 'binary' })}${ping}`);
    const { reply, bytes } = parse(received);
    const size = (reply.attachment as unknown as { bytes: number }).bytes;
    expect(bytes.toString('utf8', size)).toMatch(
      /^\{"jsonrpc":"2.0","result":\{"pong":true.*"id":2\}\n$/,
    );
  });

  it('may be a zlib stream, and none at all', async () => {
    const { inflateSync } = await import('node:zlib');
    const squeezed = parse(await exchange(region({ encoding: 'binary', compression: 'zlib' })));
    expect(inflateSync(squeezed.bytes)).toEqual(await wanted('packed'));
    const none = parse(await exchange(region({ encoding: 'binary', offset: 9999 })));
    expect(none.reply).toMatchObject({ attachment: { bytes: 0 } });
    expect(none.bytes.length).toBe(0);
  });

  it('reach the typed client in their field, however the stream is cut', async () => {
    const { packed } = await goxel.call('goxel.get_voxels_region', {
      min: [-200, -200, -200],
      max: [200, 200, 200],
      limit: 0,
      encoding: 'binary',
    });
    expect(Buffer.from(packed!.data as Uint8Array)).toEqual(await wanted('packed'));
    const stream = Buffer.concat([
      await exchange(region({ encoding: 'binary' })),
      await exchange(region({ encoding: 'binary', offset: 9999 })),
      Buffer.from('{"id":"ö"}\n'),
    ]);
    for (const size of [1, 3, 1000, stream.length]) {
      const replies: [string, number | null][] = [];
      const reader = new ReplyReader((line, bytes) =>
        replies.push([line.slice(0, 5), bytes?.length ?? null]),
      );
      for (let at = 0; at < stream.length; at += size) reader.push(stream.subarray(at, at + size));
      expect(replies).toEqual([
        ['{"jso', 3000],
        ['{"jso', 0],
        ['{"id"', null],
      ]);
    }
  });

  it('come as a message of their own over WebSocket', async () => {
    const socket = new WebSocket(`ws+unix://${daemon.socketPath}:/ws`);
    const messages: [Buffer, boolean][] = [];
    const both = new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.on('message', (data: Buffer, isBinary) => {
        if (messages.push([data, isBinary]) === 2) resolve();
      });
    });
    socket.once('open', () => socket.send(region({ encoding: 'binary' })));
    await both;
    socket.terminate();
    expect(messages.map(([, isBinary]) => isBinary)).toEqual([false, true]);
    expect(messages[1]![0]).toEqual(await wanted('packed'));
  });

  it('are the body over HTTP, with the reply in a header', async () => {
    const { request } = await import('node:http');
    const [headers, body] = await new Promise<[Record<string, unknown>, Buffer]>(
      (resolve, reject) => {
        const options = { socketPath: daemon.socketPath, path: '/rpc', method: 'POST' };
        const call = request(options, (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () => resolve([response.headers, Buffer.concat(parts)]));
        });
        call.on('error', reject);
        call.end(region({ encoding: 'binary', 'was ünknown': 1 }));
      },
    );
    expect(headers['content-type']).toBe('application/octet-stream');
    expect(JSON.parse(headers['goxel-reply'] as string)).toMatchObject({
      result: { count: 300, warnings: [expect.stringContaining('ünknown')] },
      attachment: { bytes: 3000 },
    });
    expect(body).toEqual(await wanted('packed'));
  });

  it('are the end of the payload in the framing of old clients', async () => {
    const { createConnection } = await import('node:net');
    const payload = Buffer.from(region({ encoding: 'binary' }));
    const header = Buffer.alloc(16);
    header.writeUInt32BE(7, 0);
    header.writeUInt32BE(payload.length, 8);
    const socket = createConnection(daemon.socketPath);
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    const ended = new Promise((resolve) => socket.once('end', resolve));
    socket.end(Buffer.concat([header, payload]));
    await ended;
    const all = Buffer.concat(received);
    expect(all.readUInt32BE(8)).toBe(all.length - 16);
    expect(all.subarray(-3000)).toEqual(await wanted('packed'));
  });

  it('are refused where they have no place', async () => {
    const [inBatch] = JSON.parse(
      (await exchange(`[${region({ encoding: 'binary' })}]`)).toString(),
    );
    expect(inBatch).toMatchObject({
      error: { code: -32602, data: { param: 'packed.data' } },
      id: 1,
    });
    const tool = JSON.stringify({
      tool: 'goxel_get_layer_voxels',
      arguments: { encoding: 'binary' },
    });
    expect(JSON.parse((await exchange(tool)).toString())).toMatchObject({
      success: false,
      error_code: -1002,
    });
  });

  it('wait with the result of a job', async () => {
    const { job_id } = (await goxel.callRaw('goxel.get_layer_voxels', {
      encoding: 'binary',
      job: true,
    })) as { job_id: string };
    const { result } = (await goxel.callRaw('goxel.get_job_result', { job_id, wait_ms: 9000 })) as {
      result: { packed: { data: Uint8Array } };
    };
    expect(Buffer.from(result.packed.data)).toEqual(await wanted('packed'));
  });
});

describe('pictures and files', () => {
  it('come as bytes when asked for', async () => {
    const size = { width: 40, height: 30 };
    const bytes = await goxel.call('goxel.render_scene', { ...size, returnMode: 'binary' });
    const text = await goxel.call('goxel.render_scene', { ...size, returnMode: 'base64' });
    expect(bytes).toMatchObject({
      encoding: 'binary',
      mimeType: 'image/png',
      size: 1 * bytes.size,
    });
    expect(Buffer.from(bytes.imageData as Uint8Array).toString('base64')).toBe(text.imageData);
  });

  it('of an export need a format instead of a path', async () => {
    const file = await goxel.call('goxel.export_model', { format: 'vox', returnMode: 'binary' });
    expect(file).toMatchObject({ format: 'vox', files: [], bytesWritten: 0 });
    expect(file.path).toBeUndefined();
    expect(Buffer.from(file.data as Uint8Array).toString('latin1', 0, 4)).toBe('VOX ');
    const text = await goxel.call('goxel.export_model', { format: 'vox', returnMode: 'base64' });
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect(digest(Buffer.from(text.data as string, 'base64'))).toBe(
      digest(file.data as Uint8Array),
    );
    const none = await goxel
      .callRaw('goxel.export_model', { return_mode: 'base64' })
      .catch((e) => e);
    expect(none).toMatchObject({ code: -32602, data: { param: 'format' } });
    const nowhere = await goxel.callRaw('goxel.export_model', {}).catch((e) => e);
    expect(nowhere).toMatchObject({ code: -32602, message: 'Missing required parameter: path' });
  });
});
