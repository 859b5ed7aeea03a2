import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromTaggedJson, toTaggedJson } from '../../../src/base/codec/index.js';

function write(value: unknown) {
  const unsupported: string[] = [];
  return { text: toTaggedJson(value, (what) => unsupported.push(what)), unsupported };
}

describe('tagged JSON', () => {
  test('any nesting of values, bytes and odd numbers comes back the same', () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.double(),
      fc.integer(),
      fc.bigInt(),
      fc.constantFrom(null, undefined, -0, Number.NaN, Number.POSITIVE_INFINITY),
      fc.uint8Array(),
      fc.int32Array(),
      fc.float64Array(),
    );
    const key = fc.oneof(fc.string(), fc.constantFrom('$bytes', '$', '$$x', '__proto__', 'toJSON'));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc.array(tie('value')),
        fc.dictionary(key, tie('value'), { noNullPrototype: true }),
        fc.array(fc.tuple(tie('value'), tie('value'))).map((pairs) => new Map(pairs)),
        fc.array(tie('value')).map((values) => new Set(values)),
      ),
    }));
    fc.assert(
      fc.property(value, (before) => {
        const { text, unsupported } = write(before);
        expect(unsupported).toEqual([]);
        expect(fromTaggedJson(text)).toStrictEqual(before);
      }),
    );
  });

  test('plain data is plain JSON', () => {
    const plain = { a: [1, 'x', null, true], b: { c: -2.5 } };
    expect(JSON.parse(write(plain).text)).toEqual(plain);
    expect(write({ bytes: Uint8Array.of(1, 2) }).text).toBe('{"bytes":{"$bytes":"AQI="}}');
  });

  test('what has no written form is reported and becomes undefined', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    for (const odd of [() => 0, Symbol('x'), new Date(0), /x/, circle]) {
      const { text, unsupported } = write([odd, 1]);
      expect(unsupported).toHaveLength(1);
      expect(fromTaggedJson(text)).toHaveLength(2);
    }
  });

  test.each([
    '',
    '{',
    '{"$bytes":1}',
    '{"$bytes":"A"}',
    '{"$Int32Array":"AQI="}',
    '{"$Date":"0"}',
    '{"$map":[1]}',
    '{"$set":{}}',
    '{"$bigint":"x"}',
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  ])('%.20s… is refused', (text) => {
    expect(() => fromTaggedJson(text)).toThrow(SyntaxError);
  });
});
