import { GoxelError } from '../../base/index.js';

/** Where to listen, beside the Unix socket. */
export interface Address {
  readonly kind: 'tcp' | 'http';
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `HOST:PORT`, `PORT` of this machine only, `tcp://HOST:PORT`, `http://HOST:PORT` or `ws://HOST:PORT` (the same listener as HTTP).
 *
 * @throws GoxelError `invalid_config`.
 */
export function readAddress(text: string, fallback: Address['kind'] = 'tcp'): Address {
  const match = /^(?:(tcp|http|ws):\/\/)?(?:(\[[0-9a-fA-F:.]+\]|[\w.-]*):)?(\d{1,5})\/?$/.exec(
    text,
  );
  const port = Number(match?.[3]);
  if (!match || port > 65_535) {
    throw new GoxelError(
      'invalid_config',
      `${JSON.stringify(text)} is not an address such as tcp://127.0.0.1:7531 or http://127.0.0.1:8080`,
      { value: text },
    );
  }
  const kind =
    match[1] === 'http' || match[1] === 'ws' ? 'http' : match[1] === 'tcp' ? 'tcp' : fallback;
  const host = !match[2] ? '127.0.0.1' : match[2].replace(/^\[|\]$/g, '');
  return { kind, host, port };
}

/** Whether an address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
