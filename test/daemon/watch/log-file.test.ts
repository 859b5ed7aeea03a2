import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { plainFileSink, rotatingFileSink } from '../../../src/daemon/watch/log-file.js';

const KiB = 1024;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goxel-log-'));
  path = join(folder, 'goxel.log');
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const line = (i: number) => `${String(i).padStart(99, '0')}\n`;
const files = () => readdirSync(folder).sort();

describe('a rotating log', () => {
  it('is put aside when it is full, so many times, with no line lost or torn', async () => {
    const sink = rotatingFileSink(path, { maxSizeMb: 4 / KiB, maxFiles: 3, maxAgeDays: 0 });
    const lines = Array.from({ length: 150 }, (_, i) => line(i));
    for (const text of lines) sink.write(text);
    await sink.end();
    expect(files()).toEqual(['goxel.log', 'goxel.log.1', 'goxel.log.2', 'goxel.log.3']);
    const kept = ['goxel.log.3', 'goxel.log.2', 'goxel.log.1', 'goxel.log']
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('');
    // The youngest lines, all of them, in their order.
    expect(lines.join('').endsWith(kept)).toBe(true);
    for (const name of files()) {
      const { size, mode } = statSync(join(folder, name));
      expect(size).toBeLessThan(4 * KiB + line(0).length);
      expect(mode & 0o777).toBe(0o640);
    }
  });

  it('loses what is too old, also while it never gets full', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    for (const name of ['goxel.log.1', 'goxel.log.2', 'goxel.log.gz', 'other.log.1']) {
      writeFileSync(join(folder, name), '');
    }
    const day = 86_400_000;
    const age = (name: string, days: number) => {
      const time = new Date(Date.now() - days * day);
      utimesSync(join(folder, name), time, time);
    };
    age('goxel.log.1', 1);
    age('goxel.log.2', 3);
    age('goxel.log.gz', 100);
    age('other.log.1', 100);
    const sink = rotatingFileSink(path, { maxSizeMb: 1, maxFiles: 9, maxAgeDays: 2 });
    // At its start: its own files only, by their numbers.
    expect(files().filter((name) => name !== 'goxel.log')).toEqual([
      'goxel.log.1',
      'goxel.log.gz',
      'other.log.1',
    ]);
    vi.setSystemTime(Date.now() + 2 * day);
    vi.advanceTimersByTime(3_600_000);
    expect(existsSync(join(folder, 'goxel.log.1'))).toBe(false);
    sink.write('still here\n');
    await sink.end();
    expect(vi.getTimerCount()).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('still here\n');
  });
});

describe.each([
  ['rotating', () => rotatingFileSink(path, { maxSizeMb: 1, maxFiles: 1, maxAgeDays: 0 })],
  ['plain', () => plainFileSink(path)],
])('a %s log', (_, make) => {
  it('goes on in a new file when somebody has moved it and says so', async () => {
    const sink = make();
    sink.write('before\n');
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe('before\n'));
    renameSync(path, join(folder, 'moved'));
    sink.reopen();
    sink.write('after\n');
    await sink.end();
    expect(readFileSync(join(folder, 'moved'), 'utf8')).toBe('before\n');
    expect(readFileSync(path, 'utf8')).toBe('after\n');
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });
});
