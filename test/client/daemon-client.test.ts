import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GoxelDaemonClient } from '../../src/client/index.js';
import { CuttingProxy } from '../helpers/cutting-proxy.js';
import { TestDaemon } from '../helpers/daemon.js';

/* The class that takes the place of the original's client. */

let daemon: TestDaemon;
beforeAll(async () => {
  daemon = await TestDaemon.start();
});
afterAll(() => daemon.stop());

it('connects, calls, counts and disconnects', async () => {
  const client = new GoxelDaemonClient({ socketPath: daemon.socketPath });
  expect(client.isConnected()).toBe(false);
  expect(client.getConfig()).toMatchObject({ timeout: 5000, retryAttempts: 3, retryDelay: 1000 });
  await expect(client.call('ping')).rejects.toMatchObject({ kind: 'closed' });
  await Promise.all([client.connect(), client.connect()]);
  expect(client.getConnectionState()).toBe('connected');
  await client.call('goxel.create_project', ['Old', 16, 16, 16]);
  await client.sendNotification('goxel.add_voxel', { position: [1, -2, 3] });
  expect(await client.call('goxel.get_voxel', [1, -2, 3])).toMatchObject({ exists: true });
  await expect(client.call('goxel.no_such_method')).rejects.toMatchObject({ code: -32601 });
  expect(client.getStatistics()).toMatchObject({
    totalCalls: 3,
    successfulCalls: 2,
    failedCalls: 1,
    averageLatency: expect.any(Number),
  });
  client.resetStatistics();
  expect(client.getStatistics().totalCalls).toBe(0);
  expect(await client.getHealthMonitor().check()).toMatchObject({ healthy: true });
  await expect(client.call('echo', { text: 'x'.repeat(2 ** 20) })).rejects.toThrow(
    'maxMessageSize',
  );
  await client.disconnect();
  expect(client.getConnectionState()).toBe('disconnected');
  expect(await client.getHealthMonitor().check()).toMatchObject({ healthy: false });
});

it('answers a batch in order, over a pool too', async () => {
  for (const pool of [null, { maxConnections: 3 }]) {
    const client = new GoxelDaemonClient({ socketPath: daemon.socketPath, pool });
    await client.connect();
    const texts = Array.from({ length: 50 }, (_, i) => ({ text: `${i}` }));
    const calls = texts.map((params) => ({ method: 'echo', params }));
    expect(await client.executeBatch(calls)).toEqual(texts);
    const size = client.getConnectionPool()?.size ?? 0;
    expect(size >= 2).toBe(pool !== null);
    await client.disconnect();
  }
});

it('tells that it reconnects, and gives up connecting after its attempts', async () => {
  const socketPath = daemon.path('old.sock');
  const proxy = await CuttingProxy.start(socketPath, { path: daemon.socketPath }, () => null);
  const client = new GoxelDaemonClient({ socketPath });
  await client.connect();
  const lost = once(client, 'reconnecting');
  proxy.cutAll();
  await lost;
  expect(client.getConnectionState()).toBe('reconnecting');
  await once(client, 'connected');
  expect(client.isConnected()).toBe(true);
  await client.disconnect();
  await proxy.close();

  const nowhere = { socketPath: daemon.path('nowhere.sock'), retryAttempts: 2, retryDelay: 1 };
  await expect(new GoxelDaemonClient(nowhere).connect()).rejects.toMatchObject({
    kind: 'connect_failed',
  });
});
