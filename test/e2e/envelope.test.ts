import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestDaemon } from '../helpers/daemon.js';

let daemon: TestDaemon;

beforeAll(async () => {
  daemon = await TestDaemon.start();
});
afterAll(async () => {
  expect(await daemon.stop()).toBe(0);
});

async function answers(text: string): Promise<unknown[]> {
  const reply = await daemon.exchange(text);
  return reply
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const ping = (id: unknown) => JSON.stringify({ jsonrpc: '2.0', method: 'ping', id });
const pong = { pong: true, timestamp: expect.any(Number) };

describe('the JSON-RPC 2.0 envelope, over the socket', () => {
  it('answers a request without a newline and closes after half-close', async () => {
    const reply = await daemon.exchange(
      '{"jsonrpc":"2.0","method":"goxel.create_project","params":["t",16,16,16],"id":1}',
    );
    expect(reply).toMatch(/^\{"jsonrpc":"2\.0","result":\{"success":true,.*\},"id":1\}\n$/);
  });

  it('writes compact JSON with the keys in the order jsonrpc, result, id', async () => {
    expect(await daemon.exchange(ping(7))).toMatch(
      /^\{"jsonrpc":"2\.0","result":\{"pong":true,"timestamp":\d+\},"id":7\}\n$/,
    );
  });

  it.each([
    ['a string', '"x y"'],
    ['null', 'null'],
    ['a negative number', '-5'],
    ['a number beyond 2^53', '12345678901234567890'],
    ['a float', '1.50'],
    ['an exponent', '1e3'],
  ])('echoes %s as id unchanged', async (_, id) => {
    const reply = await daemon.exchange(
      `{"id": ${id}, "method":"ping","jsonrpc":"2.0","params":{}}`,
    );
    expect(reply).toContain(`"id":${id}}`);
  });

  it('echoes the ids of a batch unchanged', async () => {
    const reply = await daemon.exchange(
      '[{"jsonrpc":"2.0","method":"echo","params":{"id":1.0},"id":9007199254740993},{"jsonrpc":"2.0","method":"ping","id":1.0}]',
    );
    expect(reply).toContain('"id":9007199254740993}');
    expect(reply).toContain('"id":1.0}');
  });

  it('executes a notification and does not answer it', async () => {
    const [reply, ...rest] = await answers(
      '{"jsonrpc":"2.0","method":"goxel.add_voxel","params":[3,4,5,1,2,3]}\n' +
        '{"jsonrpc":"2.0","method":"goxel.get_voxel","params":[3,4,5],"id":1}',
    );
    expect(rest).toEqual([]);
    expect(reply).toMatchObject({ result: { exists: true, color: [1, 2, 3, 255] }, id: 1 });
  });

  it.each([
    ['an empty batch', '[]'],
    ['no jsonrpc', '{"method":"ping","id":null}'],
    ['a wrong jsonrpc', '{"jsonrpc":"1.0","method":"ping","id":null}'],
    ['no method', '{"jsonrpc":"2.0","id":null}'],
    ['a method that is no string', '{"jsonrpc":"2.0","method":5,"id":null}'],
    ['a method that is too long', `{"jsonrpc":"2.0","method":"${'x'.repeat(129)}","id":null}`],
    ['params that are no structure', '{"jsonrpc":"2.0","method":"ping","params":3,"id":null}'],
    ['an id that is an object', '{"jsonrpc":"2.0","method":"ping","id":{}}'],
  ])('refuses %s with -32600', async (_, text) => {
    expect(await answers(text)).toMatchObject([{ error: { code: -32600 }, id: null }]);
  });

  it('answers a message without jsonrpc even without id', async () => {
    expect(await answers('{"method":"ping"}')).toMatchObject([
      { error: { code: -32600 }, id: null },
    ]);
  });

  it('answers a batch in order, invalid members too, and notifications not', async () => {
    const [batch] = await answers(
      `[${ping(1)},5,{"jsonrpc":"2.0","method":"ping"},${ping('b')},{"jsonrpc":"2.0","method":"no_such","id":3}]`,
    );
    expect(batch).toMatchObject([
      { result: pong, id: 1 },
      { error: { code: -32600 }, id: null },
      { result: pong, id: 'b' },
      { error: { code: -32601, message: 'Method not found: no_such' }, id: 3 },
    ]);
  });

  it('does not answer a batch of notifications', async () => {
    expect(
      await answers('[{"jsonrpc":"2.0","method":"ping"},{"jsonrpc":"2.0","method":"ping"}]'),
    ).toEqual([]);
  });

  it('answers garbage once and goes on at the next line', async () => {
    expect(await answers(`this is not JSON\n${ping(1)}`)).toMatchObject([
      { error: { code: -32700 }, id: null },
      { result: pong, id: 1 },
    ]);
  });

  it('suggests the nearest names for an unknown method', async () => {
    const [reply] = await answers('{"jsonrpc":"2.0","method":"goxel.add_voxl","id":1}');
    expect(reply).toMatchObject({
      error: {
        data: {
          kind: 'method_not_found',
          suggestions: expect.arrayContaining(['goxel.add_voxel']),
        },
      },
    });
  });

  it('reserves names that begin with rpc.', async () => {
    expect(await answers('{"jsonrpc":"2.0","method":"rpc.other","id":1}')).toMatchObject([
      { error: { code: -32601 } },
    ]);
  });

  it('echoes ids of a batch as they were written, also behind what is no request', async () => {
    const ping = (id: string) => `{"jsonrpc":"2.0","method":"ping","id":${id}}`;
    const ids = ['9007199254740993', '1.0', '2', '-0', '1e3'];
    const reply = await daemon.exchange(`[1,[2,{"id":3}],${ids.map(ping).join(', ')}]`);
    expect([...reply.matchAll(/"id":([^}]+)\}/g)].map((match) => match[1])).toEqual([
      'null',
      'null',
      ...ids,
    ]);
  });

  it('answers a batch of ten megabytes in a time that grows with its length', async () => {
    const pad = 'p'.repeat(100);
    const requests = Array.from(
      { length: 60_000 },
      (_, id) => `{"jsonrpc":"2.0","method":"ping","params":{"pad":"${pad}"},"id":${id}}`,
    );
    const replies = JSON.parse(await daemon.exchange(`[${requests.join(',')}]`)) as {
      id: number;
    }[];
    expect(replies).toHaveLength(60_000);
    expect(replies.at(-1)!.id).toBe(59_999);
  }, 60_000);

  it('answers 1 000 requests on one connection in order, glued and chopped at every byte', async () => {
    const text = Array.from({ length: 1000 }, (_, i) => ping(i)).join('');
    const raw = await daemon.raw();
    for (let i = 0; i < text.length; i += 997) raw.socket.write(text.slice(i, i + 997));
    const replies = await raw.lines(1000);
    expect(replies.map((reply) => reply.id)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    for (const byte of ping('last')) raw.socket.write(byte);
    expect((await raw.lines(1))[0]).toMatchObject({ id: 'last' });
    raw.socket.destroy();
  });

  it('keeps the order when a slow request stands before quick ones', async () => {
    const render = JSON.stringify({
      jsonrpc: '2.0',
      method: 'goxel.render_scene',
      params: { width: 64, height: 64, options: { return_mode: 'base64' } },
      id: 'slow',
    });
    const replies = (await answers(`${ping(1)}${render}${ping(2)}`)) as { id: unknown }[];
    expect(replies.map((reply) => reply.id)).toEqual([1, 'slow', 2]);
  });

  it.each(['text', 'data'])('answers a request with 10 MB of %s', async (name) => {
    const params = { [name]: 'x'.repeat(10_000_000), color: 1.5 };
    const [reply] = await answers(
      JSON.stringify({ jsonrpc: '2.0', method: 'echo', params, id: 1 }),
    );
    const { result } = reply as { result: Record<string, unknown> };
    expect([result[name] === params[name], result.color]).toEqual([true, 1.5]);
  });
});
