import type { Tool as ListedTool } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { findMethod, methodOfTool, ORIGINAL_TOOLS, paramsSchema } from '../protocol/index.js';
import type { Tool } from './tool.js';
import { TOOLS } from './tools/index.js';

/* Made once: the list never changes, and HTTP makes a server for each request. */
let compact: readonly ListedTool[] | null = null;
let full: readonly ListedTool[] | null = null;

/** What `tools/list` answers: the twelve, or with those of the original behind them. */
export function listTools(withOriginal: boolean): readonly ListedTool[] {
  compact ??= TOOLS.map(listed);
  if (!withOriginal) return compact;
  full ??= [...compact, ...ORIGINAL_TOOLS.map(listedOriginal)];
  return full;
}

function listed({ name, title, description, input, output, annotations }: Tool): ListedTool {
  return {
    name,
    title,
    description,
    inputSchema: short(z.toJSONSchema(input, { io: 'input' })) as ListedTool['inputSchema'],
    outputSchema: short(z.toJSONSchema(output, { io: 'output' })) as ListedTool['inputSchema'],
    annotations,
  };
}

function listedOriginal(name: string): ListedTool {
  const method = findMethod(methodOfTool(name))!;
  return {
    name,
    description: method.summary,
    inputSchema: paramsSchema(method) as ListedTool['inputSchema'],
    annotations: { openWorldHint: false, readOnlyHint: method.kind === 'read' },
  };
}

/** A schema without what every reader takes for granted: each character of it is paid for in every conversation. */
function short(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(short);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(
    ([key, value]) =>
      key !== '$schema' &&
      !(key === 'additionalProperties' && typeof value === 'object') &&
      !(key === 'properties' && Object.keys(value as object).length === 0),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, short(value)]));
}
