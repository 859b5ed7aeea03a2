import type { ToolAnnotations } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Json } from './backend.js';
import { defineTool, Target, type Tool, type ToolReply } from './tool.js';

/**
 * A tool with an `action`, each of which is a method: the other params are the method's own, and go to it as they are.
 *
 * @param actions - Word → method on the wire; the first is the default.
 * @param params - Those that are worth a line in the list; any other of the method works too.
 */
export function actionTool(facts: {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly actions: Readonly<Record<string, string>>;
  readonly params?: z.core.$ZodLooseShape;
  /** Params that an action has unless the caller says otherwise. */
  readonly implied?: Readonly<Record<string, Json>>;
  readonly output: z.ZodObject;
  readonly hints?: ToolAnnotations;
  readonly reply?: (action: string, result: Json) => ToolReply;
}): Tool {
  const words = Object.keys(facts.actions) as [string, ...string[]];
  return defineTool({
    name: facts.name,
    title: facts.title,
    description: facts.description,
    input: z.looseObject({
      action: z.enum(words).default(words[0]),
      ...facts.params,
      ...Target,
    }),
    output: facts.output,
    ...(facts.hints ? { hints: facts.hints } : {}),
    run: async ({ action, ...params }, { call }) => {
      const word = action as string;
      const result = await call(facts.actions[word]!, { ...facts.implied?.[word], ...params });
      return facts.reply?.(word, result) ?? { facts: withoutSuccess(result) };
    },
  });
}

/** A result without the flag that clients of the original look for: an error is an error here. */
export function withoutSuccess(result: Json): Json {
  const { success, ...rest } = result;
  return success === false ? result : rest;
}
