import { describe, expect, it } from 'vitest';
import { candidates } from '../../src/cli/completion.js';
import { readMethodArguments } from '../../src/cli/method-command.js';
import { commandName, methodCommands } from '../../src/cli/methods.js';
import { splitWords } from '../../src/cli/repl.js';
import { parseValue, type ValueSchema } from '../../src/cli/value.js';
import { METHODS, type MethodDefinition, paramsSchema } from '../../src/protocol/index.js';

const methods = METHODS as readonly MethodDefinition[];

/** Params as a person would type them. */
function typed(method: MethodDefinition, params: Record<string, unknown>): string[] {
  const { properties = {} } = paramsSchema(method) as { properties?: object };
  const rest: Record<string, unknown> = {};
  const args = Object.entries(params).flatMap(([name, value]) => {
    const flag = `--${name.replaceAll('_', '-')}`;
    if (!(name in properties)) {
      rest[name] = value;
      return [];
    }
    if (typeof value === 'boolean') return [value ? flag : `--no-${flag.slice(2)}`];
    if (
      Array.isArray(value) &&
      value.length > 1 &&
      value.every((item) => typeof item === 'number')
    ) {
      return [flag, value.join(',')];
    }
    return [flag, typeof value === 'object' ? JSON.stringify(value) : String(value)];
  });
  return [...args, '--params', JSON.stringify(rest)];
}

describe('the command of', () => {
  it('each method has a name of its own', () => {
    expect(methodCommands().size).toBe(methods.length);
    expect(commandName('goxel.add_voxel')).toBe('add-voxel');
    expect(commandName('rpc.discover')).toBe('rpc-discover');
  });

  it.each(methods.map((method) => [method.name, method] as const))(
    '%s reads its example back',
    (_, method) => {
      const params = method.example.params as Record<string, unknown>;
      if (Array.isArray(params)) return;
      expect(readMethodArguments(method, typed(method, params)).params).toEqual(params);
    },
  );

  it('a method lets options win over --params', () => {
    const method = methodCommands().get('add-voxel')!;
    const args = ['--params', '{"position":[9,9,9],"layer_id":2}', '--position', '-1,-2,3'];
    expect(readMethodArguments(method, args).params).toEqual({
      position: [-1, -2, 3],
      layer_id: 2,
    });
  });
});

describe('a value', () => {
  const any: ValueSchema = {};
  const number: ValueSchema = { type: 'integer' };
  const text: ValueSchema = { type: 'string' };
  const color: ValueSchema = { anyOf: [{ type: 'array' }, { type: 'object' }, text] };
  const id: ValueSchema = { anyOf: [number, text] };
  const names: ValueSchema = { type: 'array', items: text };
  it.each([
    ['7', number, 7],
    ['-0.5e3', { type: 'number' }, -500],
    ['7', text, '7'],
    ['7', id, 7],
    ['Head 7', id, 'Head 7'],
    ['1,-2,3', color, [1, -2, 3]],
    ['[1,-2,3]', color, [1, -2, 3]],
    ['{"r":1}', color, { r: 1 }],
    ['red', color, 'red'],
    ['#112233', color, '#112233'],
    ['a,1', names, ['a', '1']],
    ['a', names, ['a']],
    ['true', { type: 'boolean' }, true],
    ['12', any, 12],
    ['a b', any, 'a b'],
  ] satisfies [string, ValueSchema, unknown][])('%s', (given, schema, value) => {
    expect(parseValue(given, schema)).toEqual(value);
  });

  it.each([
    ['seven', number, 'expected integer, got "seven"'],
    ['{', color, 'must be JSON'],
    ['x', { type: 'object' }, 'must be JSON'],
  ] satisfies [string, ValueSchema, string][])('%s is refused', (given, schema, message) => {
    expect(() => parseValue(given, schema)).toThrow(message);
  });
});

it('words are split as a shell splits them', () => {
  expect(splitWords(` a  "b \\" c" 'd "e' f\\ g "" `)).toEqual(['a', 'b " c', 'd "e', 'f g', '']);
  expect(splitWords('')).toEqual([]);
  expect(() => splitWords('a "b')).toThrow('not closed');
});

it.each([
  [['add-vo'], ['add-voxel', 'add-voxels']],
  [['add-voxel', '--po'], ['--position']],
  [
    ['mcp', 'install', 'c'],
    ['claude-desktop', 'claude-code', 'cursor'],
  ],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['call', 'goxel.undo'], ['goxel.undo']],
  [['nothing', ''], []],
])('the line %j is completed', (words, found) => {
  expect(candidates(words, ['call', 'mcp', 'completion'])).toEqual(found);
});
