import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { GoxelClient } from '../../src/client/index.js';
import { Model } from './model.js';
import type { Task } from './task.js';

/** A call as an agent makes it. */
export interface AgentCall {
  readonly method: string;
  readonly params: unknown;
}

/** What a solution cost. Bytes are the JSON of the method's name and params, and of the answer. */
export interface Cost {
  calls: number;
  sentBytes: number;
  answeredBytes: number;
  /** Calls after which an agent would look. */
  looks: number;
}

/** The picture tokens of a default look: w·h/750, at most. */
export const LOOK_TOKENS = 600;

/** A token is about four characters of JSON; a look costs its pixels. */
export function tokensOf({ sentBytes, answeredBytes, looks }: Cost): number {
  return Math.ceil((sentBytes + answeredBytes) / 4) + looks * LOOK_TOKENS;
}

/** Makes calls in a project of its own and adds up what they cost; many are under way at once, answered in order. */
export async function play(
  goxel: GoxelClient,
  calls: readonly AgentCall[],
  lookEach: boolean,
): Promise<Cost> {
  await goxel.call('goxel.create_project', { name: 'Task' });
  const cost: Cost = {
    calls: 0,
    sentBytes: 0,
    answeredBytes: 0,
    looks: lookEach ? calls.length : 1,
  };
  const BATCH = 500;
  for (let i = 0; i < calls.length; i += BATCH) {
    const answers = calls.slice(i, i + BATCH).map((call) => answer(goxel, call, cost));
    await Promise.all(answers);
  }
  return cost;
}

async function answer(
  goxel: GoxelClient,
  { method, params }: AgentCall,
  cost: Cost,
): Promise<unknown> {
  cost.calls++;
  cost.sentBytes += JSON.stringify({ method, params }).length;
  const result = await goxel.callRaw(method, params as object);
  cost.answeredBytes += JSON.stringify(result).length;
  const { success, error } = result as { success?: boolean; error?: string };
  if (success === false) throw new Error(`${method}: ${error}`);
  return result;
}

/** What all visible layers show, read through the daemon. */
export async function readModel(goxel: GoxelClient): Promise<Model> {
  const { voxels } = (await goxel.callRaw('goxel.get_layer_voxels', {
    layer_id: -2,
    limit: 0,
    encoding: 'arrays',
  })) as { voxels: number[][] };
  return new Model(
    voxels.map(([x, y, z, r, g, b, a]) => [
      x!,
      y!,
      z!,
      ((a! << 24) | (b! << 16) | (g! << 8) | r!) >>> 0,
    ]),
  );
}

/** The same model as one call a voxel, in the order and the shortest form that the original takes. */
export function recordRaw(model: Model): AgentCall[] {
  const calls: AgentCall[] = [];
  model.each((x, y, z, color) => {
    const params = [x, y, z, color & 255, (color >>> 8) & 255, (color >>> 16) & 255];
    calls.push({
      method: 'goxel.add_voxel',
      params: color >>> 24 === 255 ? params : [...params, color >>> 24],
    });
  });
  return calls;
}

/** A solver that does not answer for so long has failed. */
const SILENCE_MS = 300_000;
const SOLVER_CALLS_MAX = 10_000;

/**
 * Lets a command solve a task. It gets one line, `{"id","task"}`, and writes lines: `{"method","params"}` for a call, which is answered by a
 * line `{"result"}` or `{"error"}`, and `{"done":true}`, or the end of its output, when it has finished.
 */
export async function solveWith(
  command: string,
  goxel: GoxelClient,
  { id, text }: Task,
): Promise<Cost> {
  await goxel.call('goxel.create_project', { name: 'Task' });
  const cost: Cost = { calls: 0, sentBytes: 0, answeredBytes: 0, looks: 0 };
  const child = spawn(command, { shell: true, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {
    // It has ended; its output ends too.
  });
  const silence = setTimeout(() => child.kill(), SILENCE_MS);
  child.stdin.write(`${JSON.stringify({ id, task: text })}\n`);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      silence.refresh();
      if (line.trim() === '') continue;
      const message = JSON.parse(line) as AgentCall & { done?: boolean };
      if (message.done) break;
      if (cost.calls >= SOLVER_CALLS_MAX) throw new Error(`more than ${SOLVER_CALLS_MAX} calls`);
      if (message.method === 'goxel.render_scene') cost.looks++;
      const reply = await answer(goxel, message, cost).then(
        (result) => ({ result }),
        (error: Error) => ({ error: error.message }),
      );
      child.stdin.write(`${JSON.stringify(reply)}\n`);
    }
  } finally {
    clearTimeout(silence);
    child.kill();
  }
  return cost;
}
