import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type RawConnection, TestDaemon } from '../helpers/daemon.js';

const program = fileURLToPath(new URL('../../bin/goxel-daemon', import.meta.url));

let daemon: TestDaemon | null = null;
afterEach(async () => {
  await daemon?.stop();
  daemon = null;
});

const request = (method: string, params: unknown, id: unknown) =>
  `${JSON.stringify({ jsonrpc: '2.0', method, params, id })}\n`;

/** Runs the daemon on a path that it should refuse. */
function refused(socketPath: string): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [program, '--socket', socketPath], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, stderr };
}

describe('the socket', () => {
  it('has mode 0660, is refused to a second daemon, and is removed at the end', async () => {
    daemon = await TestDaemon.start();
    expect(statSync(daemon.socketPath).mode & 0o777).toBe(0o660);
    expect(refused(daemon.socketPath)).toMatchObject({
      status: 1,
      stderr: `goxel-daemon: a daemon with PID ${daemon.pid} serves ${daemon.socketPath}\n`,
    });
    const { socketPath } = daemon;
    expect(await daemon.stop()).toBe(0);
    expect(() => statSync(socketPath)).toThrow(/ENOENT/);
  });

  it('that nobody serves any more is taken over', async () => {
    daemon = await TestDaemon.start();
    const gone = new Promise((resolve) => daemon!.process.once('exit', resolve));
    daemon.process.kill('SIGKILL');
    await gone;
    expect(statSync(daemon.socketPath).isSocket()).toBe(true);
    const again = spawnSync(
      process.execPath,
      [program, '--socket', daemon.socketPath, '--log-level', 'info'],
      { encoding: 'utf8', timeout: 2000, killSignal: 'SIGTERM' },
    );
    expect(again.stderr).toContain('started successfully');
  });

  it('is never put over a file, nor over the socket of another program', async () => {
    daemon = await TestDaemon.start();
    const file = daemon.path('notes.txt');
    writeFileSync(file, 'mine');
    expect(refused(file)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('not a socket'),
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(daemon!.path('other.sock'), resolve));
    expect(refused(daemon.path('other.sock')).status).toBe(1);
    await new Promise((resolve) => other.close(resolve));
  });

  it.each([
    [['--workers', '0'], 'server.workers'],
    [['--workers', 'many'], 'server.workers'],
    [['--socket', `/tmp/${'x'.repeat(120)}`], 'daemon.socket_path'],
    [['--no-such-option'], 'no-such-option'],
  ])('%j ends with 1 and a message that names it', (args, name) => {
    const { status, stderr } = spawnSync(process.execPath, [program, ...args], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(name) });
  });
});

describe('connections', () => {
  it('above the limit get one error, and their place is free again after a close', async () => {
    daemon = await TestDaemon.start('--max-connections', '3');
    const open: RawConnection[] = [];
    for (let i = 0; i < 3; i++) {
      const raw = await daemon.raw();
      raw.socket.write(request('ping', {}, i));
      await raw.lines(1);
      open.push(raw);
    }
    const fourth = JSON.parse(await (await daemon.raw()).toEnd()) as object;
    expect(fourth).toMatchObject({
      error: { code: -32000, data: { kind: 'too_many_connections', limit: 3 } },
      id: null,
    });
    open[0]!.socket.end();
    await open[0]!.toEnd();
    expect(await daemon.exchange(request('ping', {}, 9))).toContain('"id":9');
  });

  it('that never read, and that go away in the middle, harm nobody', async () => {
    daemon = await TestDaemon.start();
    const deaf = await daemon.raw();
    deaf.socket.pause();
    deaf.socket.write(request('echo', { text: 'x'.repeat(100_000) }, 1).repeat(200));
    const hasty = await daemon.raw();
    hasty.socket.write(
      request(
        'goxel.render_scene',
        { width: 400, height: 400, options: { return_mode: 'base64' } },
        1,
      ),
    );
    hasty.socket.write('{"jsonrpc":"2.0","method":"pi');
    hasty.socket.destroy();
    for (let i = 0; i < 50; i++)
      expect(await daemon.exchange(request('ping', {}, i))).toContain('"pong":true');
    deaf.socket.destroy();
  });

  it('are answered while a picture is under way, and edits of that time come after its snapshot', async () => {
    daemon = await TestDaemon.start();
    const painter = await daemon.raw();
    const editor = await daemon.raw();
    painter.socket.write(request('goxel.procedural_shape', { shape_type: 'sphere', size: 60 }, 0));
    await painter.lines(1);
    const order: string[] = [];
    painter.socket.write(
      request(
        'goxel.render_scene',
        { width: 1500, height: 1500, options: { return_mode: 'base64' } },
        'picture',
      ),
    );
    const picture = painter.lines(1).then(([reply]) => {
      order.push('picture');
      return reply as { result: { revision: number } };
    });
    // The picture has begun once a request behind it on the same connection would have to wait.
    for (let i = 0; i < 20; i++) {
      editor.socket.write(request('goxel.add_voxel', [i, 0, 90, 1, 2, 3], i));
      await editor.lines(1);
      order.push('edit');
    }
    expect((await picture).result.revision).toBe(1);
    expect(order.indexOf('picture')).toBe(20);
  });

  it('edit one project in the order of arrival, whether in a worker or not', async () => {
    daemon = await TestDaemon.start();
    const raw = await daemon.raw();
    const other = await daemon.raw();
    // The first sphere is large enough for a worker; the voxel comes later and must lie on top of it.
    raw.socket.write(
      request('goxel.procedural_shape', { shape_type: 'sphere', size: 150, color: 'red' }, 1),
    );
    raw.socket.write(request('goxel.add_voxel', { position: [0, 0, 0], color: 'blue' }, 2));
    const [shape, voxel] = await raw.lines(2);
    expect([shape, voxel]).toMatchObject([
      { result: { revision: 1 } },
      { result: { revision: 2, changed: 1 } },
    ]);
    other.socket.write(request('goxel.get_voxel', [0, 0, 0], 3));
    expect((await other.lines(1))[0]).toMatchObject({ result: { color: [0, 0, 255, 255] } });
  });
});

describe('SIGTERM', () => {
  it('lets the running request finish', async () => {
    daemon = await TestDaemon.start();
    const raw = await daemon.raw();
    raw.socket.write(request('ping', {}, 1));
    await raw.lines(1);
    raw.socket.write(
      request(
        'goxel.render_scene',
        { width: 800, height: 800, options: { return_mode: 'base64' } },
        'last',
      ),
    );
    raw.socket.write(request('ping', {}, 'after'));
    // The picture is under way when another connection is answered.
    await daemon.exchange(request('ping', {}, 2));
    const stopped = daemon.stop();
    expect(await raw.toEnd()).toContain('"id":"last"');
    expect(await stopped).toBe(0);
  });
});
