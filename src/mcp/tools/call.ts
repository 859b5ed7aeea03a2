import { z } from 'zod';
import { nearest } from '../../base/index.js';
import {
  findMethod,
  METHODS,
  type MethodDefinition,
  methodNames,
  paramsSchema,
} from '../../protocol/index.js';
import { withoutSuccess } from '../action-tool.js';
import { BackendError } from '../backend.js';
import { pictureOf } from '../picture.js';
import { defineTool, Facts, type ToolReply } from '../tool.js';

const FOUND_MAX = 30;

export const callTool = defineTool({
  name: 'goxel_call',
  title: 'Any other method',
  description: `Everything else the daemon can do: search lists methods, describe shows the schema of one, method calls it. Generators, selections, cameras, text, signed distances, subscriptions of jobs, …
Example: {"search":"terrain"}, {"describe":"generate_terrain"}, {"method":"generate_terrain","params":{"height":20,"seed":7}}`,
  input: z.strictObject({
    search: z.string().optional(),
    describe: z.string().optional(),
    method: z.string().optional(),
    params: z.looseObject({}).optional(),
  }),
  output: Facts,
  run: async ({ search, describe, method, params }, { call }): Promise<ToolReply> => {
    if (method !== undefined) {
      known(method);
      const { picture, rest } = pictureOf(await call(method, params ?? {}));
      return { facts: withoutSuccess(rest), pictures: picture ? [picture] : [] };
    }
    if (describe !== undefined) return { facts: description(known(describe)) };
    return { facts: found(search ?? '') };
  },
});

function known(name: string): MethodDefinition {
  const method = findMethod(name);
  if (method) return method;
  throw new BackendError(`there is no method ${JSON.stringify(name)}`, {
    kind: 'method_not_found',
    suggestions: nearest(name, methodNames()),
    hint: '{"search":WORD} finds methods',
  });
}

function description(method: MethodDefinition) {
  return {
    method: method.name,
    summary: method.summary,
    params: paramsSchema(method),
    example: method.example.params,
  };
}

/** Methods with a word in their names or summaries: those with all words first. */
function found(text: string) {
  const words = text.toLowerCase().split(/\W+/).filter(Boolean);
  const hits = (METHODS as readonly MethodDefinition[])
    .map(({ name, summary, aliases }) => {
      const all = `${name} ${aliases.join(' ')} ${summary}`.toLowerCase();
      return { name, summary, hits: words.filter((word) => all.includes(word)).length };
    })
    .filter(({ hits }) => words.length === 0 || hits > 0)
    .sort((a, b) => b.hits - a.hits);
  return {
    total: hits.length,
    methods: Object.fromEntries(
      (words.length === 0 ? hits : hits.slice(0, FOUND_MAX)).map(({ name, summary }) => [
        name,
        summary,
      ]),
    ),
  };
}
