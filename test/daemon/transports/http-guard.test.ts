import { expect, it } from 'vitest';
import { strangerProblem } from '../../../src/daemon/transports/http-guard.js';

const names = {
  ownHost: 'Voxels.local',
  allowedHosts: ['goxel-daemon', 'Named.Example'],
  allowedOrigins: ['https://app.example'],
};

it.each([
  'localhost',
  'localhost:8080',
  'LOCALHOST:8080',
  'localhost.',
  'localhost.:8080',
  '127.0.0.1',
  '127.0.0.1:1',
  '10.1.2.3:8080',
  '[::1]',
  '[::1]:8080',
  '[FE80::1]:8080',
  'voxels.local',
  'VOXELS.LOCAL:8080',
  'goxel-daemon:8080',
  'named.example',
])('host %s is let in', (host) => {
  expect(strangerProblem(host, undefined, names)).toBeNull();
});

it.each([
  undefined,
  '',
  ':8080',
  'evil.example',
  'localhost.evil.example',
  'evil.example:8080',
  'localhost:evil.example',
  'localhost:8080@evil.example',
  'user@localhost',
  'localhost/evil',
  'localhost evil.example',
  'localhost..',
  '::1',
  '[evil.example]',
  '[::1',
  '1.2.3.4.5',
  '999.1.1.1',
  '0x7f000001',
  'goxel-daemon.evil.example',
])('host %s is refused', (host) => {
  expect(strangerProblem(host, undefined, names)).toContain('security.allowed_hosts');
});

it('an origin is let in when it is listed, letter by letter', () => {
  expect(strangerProblem('localhost', 'https://app.example', names)).toBeNull();
  for (const origin of [
    'null',
    '',
    'http://localhost:8080',
    'https://app.example:443',
    'https://app.example.evil.example',
    'http://app.example',
  ]) {
    expect(strangerProblem('localhost', origin, names)).toContain('security.allowed_origins');
  }
});
