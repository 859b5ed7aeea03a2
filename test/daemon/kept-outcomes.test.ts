import { describe, expect, it } from 'vitest';
import { fingerprint, KeptOutcomes } from '../../src/daemon/kept-outcomes.js';

const call = (key: string, repeatedSinceMs: number | null = null, print = 1) => ({
  key,
  fingerprint: print,
  repeatedSinceMs,
});

function later() {
  let resolve: (json: string) => void = () => {};
  const promise = new Promise<string>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('outcomes of calls with a key', () => {
  it('are given again without a second call', () => {
    const kept = new KeptOutcomes();
    let calls = 0;
    const edit = () => `{"revision":${++calls}}`;
    expect(kept.once(call('a'), edit)).toBe('{"revision":1}');
    expect(kept.once(call('a', 5), edit)).toBe('{"revision":1}');
    expect(kept.once(call('b'), edit)).toBe('{"revision":2}');
    expect(calls).toBe(2);
  });

  it('are waited for while the first call is under way', async () => {
    const kept = new KeptOutcomes();
    const { promise, resolve } = later();
    let calls = 0;
    const slow = () => {
      calls++;
      return promise;
    };
    const answers = [kept.once(call('a'), slow), kept.once(call('a'), slow)];
    resolve('{}');
    expect(await Promise.all(answers)).toEqual(['{}', '{}']);
    expect(kept.once(call('a'), slow)).toBe('{}');
    expect(calls).toBe(1);
  });

  it('are not kept of calls that fail: a repeat tries again', async () => {
    const kept = new KeptOutcomes();
    expect(
      () =>
        void kept.once(call('a'), () => {
          throw new Error('locked');
        }),
    ).toThrow('locked');
    await expect(kept.once(call('a'), () => Promise.reject(new Error('too slow')))).rejects.toThrow(
      'too slow',
    );
    expect(kept.once(call('a'), () => '{"done":true}')).toBe('{"done":true}');
  });

  it('belong to one call: the same key for another one is refused', () => {
    const kept = new KeptOutcomes();
    void kept.once(call('a', null, 1), () => '{}');
    expect(() => kept.once(call('a', null, 2), () => '{}')).toThrow('used for another call');
  });

  it('are bounded in number and size, and a repeat of what may be forgotten is refused', () => {
    let now = 0;
    const kept = new KeptOutcomes(() => now, { max: 3, charactersMax: 1000 });
    for (const key of ['a', 'b', 'c', 'd']) {
      now++;
      void kept.once(call(key), () => '{}');
    }
    expect(kept.size).toBe(3);
    // 'a' ended at 1 and is gone: what was first sent by then may be it.
    expect(() => kept.once(call('a', 1), () => '{}')).toThrow(
      expect.objectContaining({ code: 'outcome_unknown' }),
    );
    // First sent later: it cannot have been among those forgotten.
    expect(kept.once(call('e', 1.5), () => '{"e":1}')).toBe('{"e":1}');
    // A first call is no repeat.
    expect(kept.once(call('f'), () => '{}')).toBe('{}');
    void kept.once(call('large'), () => 'x'.repeat(2000));
    expect(kept.size).toBe(0);
  });

  it('never forgets what is under way', async () => {
    const kept = new KeptOutcomes(() => 1, { max: 2 });
    const { promise, resolve } = later();
    const first = kept.once(call('slow'), () => promise);
    for (let i = 0; i < 10; i++) void kept.once(call(`k${i}`), () => '{}');
    const again = kept.once(call('slow', 0), () => 'called twice');
    resolve('{"slow":true}');
    expect(await Promise.all([first, again])).toEqual(['{"slow":true}', '{"slow":true}']);
  });
});

describe('fingerprints', () => {
  it('differ by method, names, values, order and length', () => {
    const long = 'A'.repeat(100_000);
    const calls: [string, object][] = [
      ['goxel.add_voxel', { position: [1, -2, 3] }],
      ['goxel.add_voxel', { position: [1, -2, 4] }],
      ['goxel.add_voxel', { position: [-2, 1, 3] }],
      ['goxel.add_voxel', { position: [1, -2, 3], layerId: 2 }],
      ['goxel.add_voxel', { position: [1, -2, 3], layerId: '2' }],
      ['goxel.remove_voxel', { position: [1, -2, 3] }],
      ['goxel.add_voxels', { packed: { data: long } }],
      ['goxel.add_voxels', { packed: { data: `${long}A` } }],
      ['goxel.add_voxels', { packed: { data: `${long}B`.slice(1) } }],
      ['goxel.evaluate_sdf', { sdf: { radius: 1.5 } }],
      ['goxel.evaluate_sdf', { sdf: { radius: 1.25 } }],
    ];
    const prints = calls.map(([method, params]) => fingerprint(method, params));
    expect(new Set(prints).size).toBe(calls.length);
    expect(prints).toEqual(calls.map(([method, params]) => fingerprint(method, params)));
  });

  it('of a million values cost as little as of a thousand', () => {
    const voxels = Array.from({ length: 1_000_000 }, (_, i) => [i, -2, 3]);
    const start = performance.now();
    for (let i = 0; i < 1000; i++) fingerprint('goxel.add_voxels', { voxels });
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
