import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { TestDaemon } from '../helpers/daemon.js';

/** What a collector gets by OTLP in JSON. */
interface Export {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: { name: string; attributes: Attribute[]; status: { code?: number } }[] }[];
  }[];
}
interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number };
}

/** A collector on a port of its own, which keeps what it is sent. */
async function collect(): Promise<{ url: string; exports: Export[]; close: () => void }> {
  const exports: Export[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      if (request.url === '/v1/traces') exports.push(JSON.parse(text));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, exports, close: () => server.close() };
}

async function callTwice(daemon: TestDaemon): Promise<void> {
  const goxel = await daemon.client();
  await goxel.call('goxel.add_voxel', { position: [1, 2, 3] });
  await goxel.call('goxel.get_voxel', { position: [1, 2, 3], layerId: 7 }).catch(() => {});
  goxel.close();
}

describe('traces', () => {
  it('are sent to the collector that the environment names: a span a call', async () => {
    const collector = await collect();
    const daemon = await TestDaemon.configured(() => ({}), {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
      },
    });
    await callTwice(daemon);
    expect(await daemon.stop()).toBe(0);
    collector.close();
    const resources = collector.exports.flatMap((sent) => sent.resourceSpans);
    const attributes = resources[0]!.resource.attributes;
    expect(attributes).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'goxel-daemon' },
    });
    expect(attributes).toContainEqual({
      key: 'deployment.environment',
      value: { stringValue: 'test' },
    });
    const spans = resources.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    const [added, read] = ['goxel.add_voxel', 'goxel.get_voxel'].map(
      (name) => spans.find((span) => span.name === name)!,
    );
    expect(added!.attributes).toContainEqual({ key: 'goxel.revision', value: { intValue: 1 } });
    expect(read!.status.code).toBe(2);
    expect(read!.attributes).toContainEqual({
      key: 'error.type',
      value: { stringValue: 'layer_not_found' },
    });
  });

  it('are not sent when the SDK is switched off', async () => {
    const collector = await collect();
    const daemon = await TestDaemon.configured(() => ({}), {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SDK_DISABLED: 'true' },
    });
    await callTwice(daemon);
    await daemon.stop();
    collector.close();
    expect(collector.exports).toEqual([]);
  });
});
