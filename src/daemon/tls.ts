import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { GoxelError } from '../base/index.js';
import type { Config } from './config/index.js';

/** Certificate and key of the ports, in PEM. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** A client that does not finish the handshake in so many ms is cut off. */
export const HANDSHAKE_MS = 10_000;

/**
 * Reads the configured certificate and key, and checks that they belong together; null when none is configured.
 *
 * @throws GoxelError `invalid_config`.
 */
export function readTls(config: Config): TlsFiles | null {
  const certPath = config['security.tls_cert_file'];
  const keyPath = config['security.tls_key_file'];
  if (certPath === '' && keyPath === '') return null;
  if (certPath === '' || keyPath === '') {
    const [key, other] =
      certPath === '' ? ['tls_cert_file', 'tls_key_file'] : ['tls_key_file', 'tls_cert_file'];
    throw bad(`security.${other} needs security.${key}`);
  }
  const files = { cert: read(certPath), key: readKey(keyPath) };
  try {
    createSecureContext(files);
  } catch (error) {
    throw bad(
      `${certPath} and ${keyPath} are no certificate and its key: ${(error as Error).message}`,
    );
  }
  return files;
}

function readKey(path: string): Buffer {
  const bytes = read(path);
  if (process.platform !== 'win32' && statSync(path).mode & 0o007) {
    throw bad(`the key ${path} may be used by anybody: chmod o= it`);
  }
  return bytes;
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw bad(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

function bad(problem: string): GoxelError {
  return new GoxelError('invalid_config', problem, { key: 'security.tls_cert_file' });
}
