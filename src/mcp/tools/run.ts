import { z } from 'zod';
import { withoutSuccess } from '../action-tool.js';
import { afterEdit } from '../after-edit.js';
import { BackendError } from '../backend.js';
import { After, defineTool, Edited, Target } from '../tool.js';

export const runTool = defineTool({
  name: 'goxel_run',
  title: 'Run a script',
  description: `Run JavaScript on the voxels in a sandbox: for formulas, loops, noise. One undo step, taken back on error. Globals: volume, layer, shape, noise, palette, args, console. What they can: resource goxel://docs/scripts
Example: {"script":"for(let x=0;x<20;x++)for(let y=0;y<20;y++)volume.set(x,y,Math.round(3*Math.sin(x/3)+3),'#4a4')"}`,
  input: z.looseObject({
    script: z.string().optional(),
    name: z.string().optional().describe('A script of the library instead.'),
    args: z.looseObject({}).optional(),
    seed: z.number().optional(),
    ...After,
    ...Target,
  }),
  output: Edited,
  run: async ({ look, facts, ...params }, context) => {
    const { logs, stack, ...result } = await context.call('goxel.execute_script', params);
    if (result.success === false) throw scriptError(result, stack);
    return afterEdit(
      withoutSuccess(result),
      { look, facts, project_id: params.project_id },
      context,
    );
  },
});

/** A script that failed is an error of the tool, with the place in the script. */
function scriptError(
  { error, message, line, column, output }: Record<string, unknown>,
  stack: unknown,
): BackendError {
  const place = typeof line === 'number' ? ` at line ${line}, column ${column}` : '';
  const printed = typeof output === 'string' && output !== '' ? `; it printed: ${output}` : '';
  return new BackendError(`${error ?? message}${place}; nothing was changed${printed}`, {
    kind: 'script_error',
    ...(Array.isArray(stack) && stack.length > 1 ? { hint: stack.join(' ← ') } : {}),
  });
}
