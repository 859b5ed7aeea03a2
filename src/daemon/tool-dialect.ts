import { findMethod } from '../protocol/index.js';
import type { Caller } from './caller.js';
import { type Dispatcher, type Outcome, withoutBytes } from './dispatch.js';

/*
 * The dialect that the original called MCP and that is not: a message with `tool` and `arguments` instead of `method` and `params`, answered
 * without `jsonrpc`. Kept for clients of the original; an `id` comes back when there is one.
 */

const UNKNOWN_TOOL = -1001;
const BAD_PARAMS = -1002;
const INTERNAL = -1003;
const BATCH_TOO_LONG = -1007;
const BATCH_MAX = 100;
const JSON_RPC_INVALID_PARAMS = -32602;
const JSON_RPC_INTERNAL = -32603;

/** Tools whose names do not follow from the methods'. */
const TOOLS: Readonly<Record<string, string>> = {
  goxel_open_file: 'goxel.load_project',
  goxel_save_file: 'goxel.save_project',
  goxel_export_file: 'goxel.export_model',
  goxel_batch_voxel_operations: 'goxel.batch_operations',
  goxel_new_layer: 'goxel.create_layer',
  goxel_get_state: 'goxel.get_project_info',
  goxel_get_voxels: 'goxel.get_voxels_region',
  goxel_pick: 'goxel.pick_voxel',
  goxel_sdf: 'goxel.evaluate_sdf',
  goxel_heightmap: 'goxel.generate_terrain',
  goxel_generate: 'goxel.generate_object',
  goxel_run_script: 'goxel.execute_script',
  goxel_select: 'goxel.select_connected',
  goxel_smart_selection: 'goxel.select_connected',
  goxel_palette: 'goxel.get_palette',
  goxel_import: 'goxel.import_model',
};

export interface ToolCall {
  readonly tool: string;
  readonly arguments?: unknown;
  readonly id?: unknown;
}

/** Whether a message is one of the dialect, by its structure: other keys and their order do not matter. */
export function isToolCall(value: unknown): value is ToolCall {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { tool, method } = value as { tool?: unknown; method?: unknown };
  return typeof tool === 'string' && method === undefined;
}

/** Answers a call, always: the original was silent about tools that it did not know. */
export function answerTool(
  dispatcher: Dispatcher,
  call: ToolCall,
  caller: Caller,
): string | Promise<string> {
  const id = typeof call.id === 'string' || typeof call.id === 'number' ? call.id : undefined;
  const args = call.arguments;
  if (args !== undefined && args !== null && typeof args !== 'object') {
    return failure(BAD_PARAMS, 'arguments must be an object', null, id);
  }
  const { method, params } = translate(call.tool, args ?? {});
  if (!findMethod(method)) return failure(UNKNOWN_TOOL, `unknown tool '${call.tool}'`, null, id);
  const outcome = dispatcher.dispatch(method, params, caller);
  return outcome instanceof Promise ? outcome.then((done) => reply(done, id)) : reply(outcome, id);
}

/** What a batch gets that is too long; null when it is not. */
export function toolBatchError(length: number): string | null {
  return length > BATCH_MAX
    ? failure(
        BATCH_TOO_LONG,
        `a batch has at most ${BATCH_MAX} tools, got ${length}`,
        null,
        undefined,
      )
    : null;
}

function translate(tool: string, args: object): { method: string; params: unknown } {
  const { brush, ...params } = args as { brush?: { shape?: unknown; size?: unknown } };
  const one = 'position' in params || 'x' in params;
  if (one && (tool === 'goxel_add_voxels' || tool === 'goxel_remove_voxels')) {
    const adds = tool === 'goxel_add_voxels';
    if (typeof brush?.size === 'number' && brush.size > 1) {
      const { position, ...rest } = params as Record<string, unknown>;
      return {
        method: 'goxel.brush_stroke',
        params: {
          ...rest,
          points: [position ?? rest],
          shape: brush.shape ?? 'cube',
          brush_size: brush.size,
          mode: adds ? 'add' : 'remove',
        },
      };
    }
    return { method: adds ? 'goxel.add_voxel' : 'goxel.remove_voxel', params };
  }
  const bare = tool.startsWith('goxel_') ? tool.slice(6) : tool;
  const name = TOOLS[`goxel_${bare}`] ?? tool;
  return { method: findMethod(name) ? name : `goxel.${bare}`, params: args };
}

function reply(ended: Outcome, id: string | number | undefined): string {
  const outcome = withoutBytes(ended);
  if ('json' in outcome) return `{"success":true,"content":${outcome.json}${idPart(id)}}`;
  const { code, message, data } = outcome.error;
  return failure(toolCode(code), message, { ...data, code }, id);
}

function toolCode(code: number): number {
  if (code === JSON_RPC_INVALID_PARAMS) return BAD_PARAMS;
  return code === JSON_RPC_INTERNAL ? INTERNAL : code;
}

function failure(
  code: number,
  message: string,
  data: unknown,
  id: string | number | undefined,
): string {
  const text = JSON.stringify({
    success: false,
    error_code: code,
    error_message: message,
    error_data: data,
  });
  return `${text.slice(0, -1)}${idPart(id)}}`;
}

function idPart(id: string | number | undefined): string {
  return id === undefined ? '' : `,"id":${JSON.stringify(id)}`;
}
