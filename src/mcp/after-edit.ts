import type { Json } from './backend.js';
import { pictureOf } from './picture.js';
import type { ToolContext, ToolReply } from './tool.js';

/** What an edit that went well answers beside its own result, as its params ask. */
export async function afterEdit(
  facts: Json,
  wanted: {
    readonly look?: boolean | undefined;
    readonly facts?: boolean | undefined;
    readonly project_id?: string | undefined;
  },
  { call }: ToolContext,
): Promise<ToolReply> {
  const target = wanted.project_id === undefined ? {} : { project_id: wanted.project_id };
  const model = wanted.facts ? await call('goxel.inspect_model', target) : null;
  const all = model ? { ...facts, model } : facts;
  if (!wanted.look) return { facts: all };
  const { picture, rest } = pictureOf(await call('goxel.look', target));
  return { facts: { ...all, look: rest }, pictures: picture ? [picture] : [] };
}
