import { expect, it } from 'vitest';
import { LineSplitter } from '../../src/client/lines.js';
import { random } from '../helpers/random.js';

it('lines come out whole, however the bytes are chopped', () => {
  const next = random(7);
  const lines = ['', 'a', '{"text":"ü ☃ 𝒳"}', 'x'.repeat(10_000), '', '{}'];
  const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
  for (let round = 0; round < 200; round++) {
    const found: string[] = [];
    const splitter = new LineSplitter(
      (part) => new TextDecoder().decode(part),
      (line) => found.push(line),
    );
    for (let at = 0; at < bytes.length; ) {
      const end = at + 1 + Math.floor(next() ** 4 * bytes.length);
      splitter.push(bytes.subarray(at, end));
      at = end;
    }
    expect(found).toEqual(lines.filter((line) => line !== ''));
  }
});
