import { type CallToolResult, ProtocolError } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { nearest } from '../base/index.js';
import { findMethod, translateTool } from '../protocol/index.js';
import { withoutSuccess } from './action-tool.js';
import { type Backend, BackendError, type Json } from './backend.js';
import { callLong, type OnProgress } from './long-call.js';
import { pictureOf } from './picture.js';
import { toErrorResult, toResult } from './reply.js';
import type { KeptResults } from './results.js';
import type { Picture, Tool, ToolContext, ToolReply } from './tool.js';
import { TOOLS } from './tools/index.js';

const INVALID_PARAMS = -32602;

const TOOL_OF_NAME: ReadonlyMap<string, Tool> = new Map(TOOLS.map((tool) => [tool.name, tool]));

/** What a call of a tool works with beside its arguments. */
export interface ToolRequest {
  readonly backend: Backend;
  readonly kept: KeptResults;
  /** Aborted when the client does not want the answer any more. */
  readonly signal: AbortSignal;
  /** Null when the client did not ask for it. */
  readonly onProgress: OnProgress | null;
  /** Told the pictures of an answer. */
  readonly onPicture: (picture: Picture) => void;
}

/**
 * Calls a tool: one of the list, one of the original's, or `goxel_NAME` of any method.
 *
 * @returns errors of methods and wrong arguments as results that tell the way out.
 * @throws ProtocolError when there is no such tool.
 */
export async function callTool(
  name: string,
  args: Json,
  { backend, kept, signal, onProgress, onPicture }: ToolRequest,
): Promise<CallToolResult> {
  const context: ToolContext = {
    call: (method, params) => callLong(backend, method, params, signal, onProgress),
  };
  try {
    const tool = TOOL_OF_NAME.get(name);
    const reply = tool ? await run(tool, args, context) : await runOriginal(name, args, context);
    reply.pictures?.forEach(onPicture);
    return toResult(reply, kept);
  } catch (error) {
    if (error instanceof BackendError) return toErrorResult(error);
    throw error;
  }
}

function run(tool: Tool, args: Json, context: ToolContext): Promise<ToolReply> {
  const read = tool.input.safeParse(args);
  if (read.success) return tool.run(read.data as never, context);
  const problems = read.error.issues.map((issue) => problemOf(issue, tool.input));
  throw new BackendError(`${tool.name}: ${problems.join('; ')}`, {
    kind: 'invalid_params',
    available: Object.keys(tool.input.shape),
  });
}

function problemOf(issue: z.core.$ZodIssue, input: z.ZodObject): string {
  const place = issue.path.length > 0 ? `${z.core.toDotPath(issue.path)}: ` : '';
  if (issue.code !== 'unrecognized_keys') return `${place}${issue.message}`;
  const near = issue.keys.flatMap((key) => nearest(key, Object.keys(input.shape)));
  return `${place}${issue.message}${near.length > 0 ? ` (near: ${near.join(', ')})` : ''}`;
}

async function runOriginal(name: string, args: Json, { call }: ToolContext): Promise<ToolReply> {
  const { method, params } = translateTool(name, args);
  if (!findMethod(method)) {
    const near = nearest(name, [...TOOL_OF_NAME.keys()]);
    const names = near.length > 0 ? near : [...TOOL_OF_NAME.keys()];
    throw new ProtocolError(INVALID_PARAMS, `Unknown tool ${name}; there is ${names.join(', ')}`);
  }
  const { picture, rest } = pictureOf(await call(method, params as Json));
  return { facts: withoutSuccess(rest), pictures: picture ? [picture] : [] };
}
