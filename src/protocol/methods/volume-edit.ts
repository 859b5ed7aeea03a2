import { z } from 'zod';
import type { ErrorCode } from '../../base/index.js';
import { type AcceptedForms, defineMethod } from '../define.js';
import { LayerRef } from '../values.js';
import { Edited } from './voxel.js';

/** What a method answers that edits the voxels of one layer and has nothing else to say. */
const VolumeEdited = z.object({
  success: z.literal(true),
  voxelsAffected: z.int().meta({ description: 'The same as changed, as older clients know it.' }),
  voxelCount: z.int().meta({ description: 'Voxels of the layer afterwards.' }),
  layerId: z.int(),
  ...Edited,
});

export interface VolumeEditFields<Name extends string, P extends z.ZodRawShape> {
  readonly name: Name;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly params: P;
  readonly positional?: readonly string[];
  readonly accepts?: AcceptedForms;
  readonly errors?: readonly ErrorCode[];
  readonly example: Readonly<Record<string, unknown>>;
}

/** A method that edits the voxels of the layer `layer_id`, inside the selection when there is one. */
export function defineVolumeEdit<const Name extends string, const P extends z.ZodRawShape>({
  params,
  example,
  errors = [],
  ...fields
}: VolumeEditFields<Name, P>) {
  return defineMethod({
    ...fields,
    kind: 'edit',
    scope: 'edit',
    params: z.object({ ...params, layerId: LayerRef.optional() }),
    result: VolumeEdited,
    errors: ['layer_not_found', 'layer_locked', ...errors],
    example: { params: example, result: { success: true, layer_id: 1 } },
  });
}
