import type { ContentBlock, ToolAnnotations } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Json } from './backend.js';

/** A picture in an answer. */
export interface Picture {
  /** Base64. */
  readonly data: string;
  readonly mimeType: string;
  readonly width: number;
  readonly height: number;
}

/** What a tool answers: facts for the structured content, text in their place or beside them, pictures. */
export interface ToolReply {
  readonly facts: Json;
  /** Shown instead of the facts, where plain text is easier to read than JSON. */
  readonly text?: string;
  readonly pictures?: readonly Picture[];
  readonly links?: readonly ContentBlock[];
}

/** What a tool works with. */
export interface ToolContext {
  /** Calls a method. Progress and cancellation of the request apply to it. */
  readonly call: (method: string, params: Json) => Promise<Json>;
}

/** A tool as agents see it. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  /** When to use it, and one example. */
  readonly description: string;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  readonly annotations: ToolAnnotations;
  readonly run: (args: never, context: ToolContext) => Promise<ToolReply>;
}

/** Declares a tool; the type of its arguments follows from its params. */
export function defineTool<Input extends z.ZodObject>(
  tool: Omit<Tool, 'input' | 'run' | 'annotations'> & {
    readonly input: Input;
    readonly hints?: ToolAnnotations;
    readonly run: (args: z.output<Input>, context: ToolContext) => Promise<ToolReply>;
  },
): Tool {
  const { hints, ...rest } = tool;
  return { ...rest, annotations: { openWorldHint: false, ...hints } };
}

export const READ_ONLY: ToolAnnotations = { readOnlyHint: true, idempotentHint: true };

/** Params of every tool that works on a project. */
export const Target = {
  project_id: z.string().optional().describe('Default: the active project.'),
};

/** Params of every tool that edits. */
export const After = {
  look: z.boolean().optional().describe('Answer with a picture too.'),
  facts: z.boolean().optional().describe('Answer with bounds, parts, floating pieces too.'),
};

/** Result of every tool that edits. */
export const Edited = z.looseObject({
  revision: z.number().optional(),
  changed: z.number().optional(),
  warnings: z.array(z.string()).optional(),
});

export const Facts = z.looseObject({});
