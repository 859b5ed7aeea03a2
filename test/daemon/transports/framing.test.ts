import { describe, expect, it } from 'vitest';
import { LongText, putLongText } from '../../../src/daemon/long-text.js';
import { JsonFramer } from '../../../src/daemon/transports/framing.js';

function collect(maxBytes = 1 << 20) {
  const events: unknown[] = [];
  const framer = new JsonFramer(
    {
      message: (value) => events.push(value),
      parseError: () => events.push('parse error'),
      tooDeep: () => events.push('too deep'),
      tooLarge: () => events.push('too large'),
      hopeless: () => events.push('hopeless'),
    },
    () => maxBytes,
  );
  return { framer, events };
}

/** What comes out when the bytes come in pieces of one size. */
function frames(text: string | Buffer, pieceBytes: number, maxBytes?: number): unknown[] {
  const { framer, events } = collect(maxBytes);
  const bytes = Buffer.from(text as string);
  for (let i = 0; i < bytes.length; i += pieceBytes) framer.push(bytes.subarray(i, i + pieceBytes));
  framer.end();
  return events;
}

const PIECES = [1, 2, 3, 7, 64, 1 << 20];

const CASES: Record<string, { text: string; expected: unknown[] }> = {
  'one object a line': { text: '{"a":1}\n{"a":2}\n', expected: [{ a: 1 }, { a: 2 }] },
  'an object without a newline': { text: '{"a":1}', expected: [{ a: 1 }] },
  'glued objects': { text: '{"a":1}{"a":2}[3]', expected: [{ a: 1 }, { a: 2 }, [3]] },
  'glued objects with a newline behind': {
    text: '{"a":1}{"a":2}\n{"a":3}\n',
    expected: [{ a: 1 }, { a: 2 }, { a: 3 }],
  },
  'pretty-printed': { text: '{\n  "a": [\n    1\n  ]\n}\n', expected: [{ a: [1] }] },
  'brackets and quotes in strings': {
    text: '{"a":"}{[\\"]\\\\"}{"b":"\\\\\\""}',
    expected: [{ a: '}{["]\\' }, { b: '\\"' }],
  },
  'long strings with escapes': {
    text: `{"a":"${'x'.repeat(100)}\\"${'y'.repeat(100)}\\\\"}{"b":1}`,
    expected: [{ a: `${'x'.repeat(100)}"${'y'.repeat(100)}\\` }, { b: 1 }],
  },
  'padding between messages': {
    text: '\ufeff \0\r\n\t{"a":1}\0\0 {"a":2}',
    expected: [{ a: 1 }, { a: 2 }],
  },
  'garbage, then a message on the next line': {
    text: 'hello {"x":1}\n{"a":1}\n',
    expected: ['parse error', { a: 1 }],
  },
  'a line that is not JSON': { text: '{a:1}\n{"a":1}\n', expected: ['parse error', { a: 1 }] },
  'brackets that do not match': {
    text: '{"a":[1}\n{"a":1}\n',
    expected: ['parse error', { a: 1 }],
  },
  'an end inside a message': { text: '{"a":1}{"a":', expected: [{ a: 1 }, 'parse error'] },
  'UTF-8 of all lengths': { text: '{"a":"aé€😀"}', expected: [{ a: 'aé€😀' }] },
  'the character U+FFFD itself': { text: '{"a":"\ufffd"}\n', expected: [{ a: '\ufffd' }] },
};

describe('JsonFramer', () => {
  for (const [name, { text, expected }] of Object.entries(CASES)) {
    for (const size of PIECES) {
      it(`reads ${name} in pieces of ${size} bytes`, () => {
        expect(frames(text, size)).toEqual(expected);
      });
    }
  }

  it.each(PIECES)('refuses bytes that are not UTF-8, in pieces of %i bytes', (size) => {
    const bad = Buffer.concat([
      Buffer.from('{"a":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}\n{"a":1}\n'),
    ]);
    expect(frames(bad, size)).toEqual(['parse error', { a: 1 }]);
  });

  it.each([511, 512])('accepts %i nested brackets', (depth) => {
    const [value] = frames('['.repeat(depth) + ']'.repeat(depth), 64);
    expect(Array.isArray(value)).toBe(true);
  });

  it.each([513, 100_000])('refuses %i nested brackets and goes on behind the line', (depth) => {
    expect(frames(`${'['.repeat(depth)}${']'.repeat(depth)}\n{"a":1}\n`, 4096)).toEqual([
      'too deep',
      { a: 1 },
    ]);
  });

  it.each(PIECES)('skips a message above the limit, in pieces of %i bytes', (size) => {
    const text = `{"a":"${'x'.repeat(150)}"}{"a":1}`;
    expect(frames(text, size, 100)).toEqual(['too large', { a: 1 }]);
  });

  it('accepts a message of exactly the limit and refuses one byte more', () => {
    const text = '{"a":"xx"}';
    expect(frames(text, 3, text.length)).toEqual([{ a: 'xx' }]);
    expect(frames(text, 3, text.length - 1)).toEqual(['too large']);
  });

  it('gives up on a message whose end does not come within twice the limit', () => {
    expect(frames(`{"a":"${'x'.repeat(1000)}`, 50, 100)).toContain('hopeless');
  });

  it('keeps no more than the limit of a message that never ends', () => {
    const { framer, events } = collect(1000);
    for (let i = 0; i < 10_000; i++) framer.push(Buffer.from('[1,1,1,1,1'.padEnd(100, ' ')));
    expect(events.slice(0, 2)).toEqual(['too large', 'hopeless']);
  });

  describe('with a long text in a field data', () => {
    const long = 'QUJD'.repeat(80_000);
    const params = (data: string) => `{"params":{"packed":{"count":1,"data" : "${data}"},"é":2}}`;

    it.each([1000, 65_536, 1 << 20])('leaves it unparsed, in pieces of %i bytes', (size) => {
      const [value, next] = frames(`${params(long)}\n{"a":1}\n`, size) as [Sent, unknown];
      const { packed, é } = value.params;
      expect(packed.data).toBeInstanceOf(LongText);
      expect(JSON.stringify(packed.data) === `"${long}"`).toBe(true);
      expect([é, next]).toEqual([2, { a: 1 }]);
    });

    it.each([
      ['short', params('QUJD')],
      ['of another name', params(long).replace('"data"', '"text"')],
      ['with an escape in it', params(`${long}\\n${long}`)],
      ['that is no ASCII', params(`${long}é`)],
    ])('parses one %s like any other', (_, text) => {
      expect(frames(text, 65_536)).toEqual([JSON.parse(text)]);
    });

    it('takes the first of two', () => {
      const text = `[${params(long)},${params(long)}]`;
      const [[first, second]] = frames(text, 65_536) as [[Sent, Sent]];
      expect([typeof first.params.packed.data, typeof second.params.packed.data]).toEqual([
        'object',
        'string',
      ]);
      expect(JSON.stringify([first, second])).toBe(JSON.stringify(JSON.parse(text)));
    });

    it('hands it over beside the text, for whoever parses that again', () => {
      let parsedAgain: unknown;
      const framer = new JsonFramer(
        {
          message: (_, text, longText) => {
            parsedAgain = putLongText(JSON.parse(text), longText!);
          },
          parseError: (problem) => expect.unreachable(problem),
          tooDeep: () => expect.unreachable(),
          tooLarge: () => expect.unreachable(),
          hopeless: () => expect.unreachable(),
        },
        () => 1 << 20,
      );
      framer.push(Buffer.from(params(long)));
      expect(JSON.stringify(parsedAgain)).toBe(JSON.stringify(JSON.parse(params(long))));
    });
  });
});

interface Sent {
  readonly params: { readonly packed: { readonly data: unknown }; readonly é: number };
}
