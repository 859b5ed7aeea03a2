import { describe, expect, it } from 'vitest';
import { listTools } from '../../src/mcp/tool-list.js';

/** About four characters a token. */
const CHARACTERS_MAX = 12_000;
const TOOLS_MAX = 12;

describe('the list of tools', () => {
  const tools = listTools(false);

  it(`has at most ${TOOLS_MAX} tools and ${CHARACTERS_MAX} characters`, () => {
    expect(tools.length).toBeLessThanOrEqual(TOOLS_MAX);
    expect(JSON.stringify({ tools }).length).toBeLessThan(CHARACTERS_MAX);
  });

  it('is the same each time', () => {
    expect(JSON.stringify(listTools(false))).toBe(JSON.stringify(tools));
  });

  it.each(tools.map((tool) => [tool.name, tool] as const))('%s has what hosts need', (_, tool) => {
    expect(tool.name).toMatch(/^goxel_[a-z]+$/);
    expect(tool.description).toContain('Example: {');
    expect(tool.inputSchema.type).toBe('object');
    expect(tool.outputSchema!.type).toBe('object');
    expect(tool.annotations!.openWorldHint).toBe(false);
  });

  it('has those of the original behind them when asked to', () => {
    const names = listTools(true).map(({ name }) => name);
    expect(names.slice(0, tools.length)).toEqual(tools.map(({ name }) => name));
    expect(names).toContain('goxel_batch_voxel_operations');
    expect(new Set(names).size).toBe(names.length);
  });
});
