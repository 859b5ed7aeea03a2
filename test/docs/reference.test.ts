import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pages } from '../../scripts/reference.js';
import { ERRORS } from '../../src/base/index.js';
import { METHODS } from '../../src/protocol/index.js';
import { TestDaemon } from '../helpers/daemon.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');

describe('the reference', () => {
  it.each(Object.entries(pages()))('%s is up to date (npm run generate)', (path, text) => {
    expect(existsSync(`${root}${path}`)).toBe(true);
    expect(read(path) === text).toBe(true);
  });

  it('has every error and no other', () => {
    const rows = [
      ...read('docs/reference/errors.md')
        .split('## ')[0]!
        .matchAll(/^\| `([a-z_]+)` \| (?:-|per)/gm),
    ].map((match) => match[1]);
    expect(rows).toEqual(Object.keys(ERRORS));
  });

  it('has every method', () => {
    const headings = [...read('docs/reference/methods.md').matchAll(/^## (.+)$/gm)].map(
      (match) => match[1],
    );
    expect(headings).toEqual(METHODS.map((method) => method.name));
  });
});

describe('the guides', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await TestDaemon.start();
  });
  afterAll(async () => {
    await daemon.stop();
  });

  it('has requests that work, typed as they stand', async () => {
    const blocks = [...read('docs/guides/protocol.md').matchAll(/^```json\n(.*?)^```/gms)].map(
      (match) => match[1],
    );
    const reply = await daemon.exchange(blocks.join(''));
    const replies = reply
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id?: number; error?: object })
      // What a subscription hears of comes in between.
      .filter(({ id }) => id !== undefined);
    const sent = [...blocks.join('').matchAll(/"id":(\d+)\}\n/g)].map((match) => Number(match[1]));
    expect(sent.length).toBeGreaterThan(20);
    expect(replies.map(({ id }) => id)).toEqual(sent);
    expect(replies.filter(({ error }) => error)).toEqual([]);
  });

  it('declare for scripts what is there, and nothing else', async () => {
    const text = read('docs/reference/script.d.ts');
    const names = [...text.matchAll(/^declare (?:const|class|function) (\w+)/gm)].map(
      (match) => match[1]!,
    );
    const members = (name: string) => {
      const body = new RegExp(`^declare (?:class|const) ${name}\\b.*?^\\}`, 'ms').exec(text)![0];
      const found = [...body.matchAll(/^ {2}(?:readonly )?(\w+)[(?:]/gm)].map((match) => match[1]!);
      return [...new Set(found)].filter((member) => member !== 'constructor').sort();
    };
    const goxel = await daemon.client();
    const script = `
      const named = (object) => Object.getOwnPropertyNames(object).filter((name) => name !== 'constructor' && name !== 'toString').sort();
      ({
        missing: ${JSON.stringify(names)}.filter((name) => { try { return typeof globalThis[name] === 'undefined'; } catch { return true; } }),
        Volume: named(Volume.prototype),
        Vec: [...named(Vec.prototype), 'x', 'y', 'z', 'w'].sort(),
        Box: [...named(Box.prototype), 'min', 'max'].sort(),
        goxel: named(goxel).filter((name) => !name.startsWith('register')),
        noise: named(noise),
        shape: named(shape),
      })`;
    const { result } = await goxel.call('goxel.execute_script', { script });
    goxel.close();
    expect(result).toMatchObject({
      missing: [],
      Volume: members('Volume'),
      Vec: members('Vec'),
      Box: members('Box'),
      goxel: members('goxel'),
      noise: members('noise'),
      shape: [...text.matchAll(/^ {2}\| '(\w+)'/gm)].map((match) => match[1]!).sort(),
    });
  });

  it('have scripts that run', async () => {
    const text = read('docs/guides/scripts.md');
    const goxel = await daemon.client();
    for (const [, code] of text.matchAll(/^```js\n(.*?)^```/gms)) {
      expect(await goxel.callRaw('goxel.execute_script', { script: code })).toMatchObject({
        success: true,
        voxels_changed: 12,
      });
    }
    const guides = [text, read('docs/guides/distances.md')].join('\n');
    for (const [, lines] of guides.matchAll(/^```json\n(.*?)^```/gms)) {
      for (const line of lines!.trim().split('\n')) {
        const { method, params } = JSON.parse(line) as { method: string; params: object };
        expect(await goxel.callRaw(method, params)).not.toMatchObject({ success: false });
      }
    }
    goxel.close();
  });
});
