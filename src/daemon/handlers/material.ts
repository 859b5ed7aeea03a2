import { GoxelError, LIMITS } from '../../base/index.js';
import {
  type Color,
  freeId,
  type Material,
  makeMaterial,
  type Project,
  toRgba,
  type Vec3,
} from '../../engine/index.js';
import type { Params } from '../../protocol/index.js';
import { WHITE } from './colors.js';
import type { Edits, Reads } from './types.js';

type MaterialEdits = Pick<
  Edits,
  'goxel.create_material' | 'goxel.update_material' | 'goxel.delete_material'
>;

export const materialEdits: MaterialEdits = {
  'goxel.create_material': (project, params) => {
    const { materials } = project;
    if (materials.length >= LIMITS.materials) {
      throw new GoxelError(
        'limit_exceeded',
        `a project has at most ${LIMITS.materials} materials`,
        { limit: LIMITS.materials, value: materials.length + 1 },
      );
    }
    const material = changed(makeMaterial({ id: freeId(materials) }), params);
    return {
      project: { ...project, materials: [...materials, material] },
      result: { success: true, ...describe(material) },
    };
  },

  'goxel.update_material': (project, params) => {
    const material = changed(materialOf(project, params.materialId), params);
    const materials = project.materials.map((old) => (old.id === material.id ? material : old));
    return {
      project: { ...project, materials },
      result: { success: true, ...describe(material) },
    };
  },

  'goxel.delete_material': (project, { materialId }) => {
    const material = materialOf(project, materialId);
    const layers = project.layers.filter((layer) => layer.materialId === material.id);
    return {
      project: {
        ...project,
        materials: project.materials.filter((other) => other !== material),
        layers: project.layers.map((layer) =>
          layer.materialId === material.id ? { ...layer, materialId: null } : layer,
        ),
      },
      result: { success: true, materialId: material.id, layers: layers.map(({ id }) => id) },
    };
  },
};

/** A material with what a call says of it. */
function changed(material: Material, params: Omit<Params<'goxel.create_material'>, 'projectId'>) {
  const { name, color, metallic, roughness, emission, emissionStrength } = params;
  const [r, g, b, a] = toRgba(color ?? WHITE);
  return {
    ...material,
    ...(name === undefined ? {} : { name }),
    ...(color === undefined
      ? {}
      : { color: [toLinear(r), toLinear(g), toLinear(b), a / 255] as const }),
    ...(metallic === undefined ? {} : { metallic }),
    ...(roughness === undefined ? {} : { roughness }),
    ...(emission === undefined
      ? {}
      : { emission: linear(emission).map((v) => v * emissionStrength) as unknown as Vec3 }),
  };
}

function materialOf({ materials }: Project, id: number): Material {
  const material = materials.find((candidate) => candidate.id === id);
  if (material) return material;
  throw new GoxelError('invalid_edit', `no material with id ${id}`, {
    value: id,
    available: materials.map((candidate) => candidate.id),
  });
}

export const materialReads: Pick<Reads, 'goxel.list_materials'> = {
  'goxel.list_materials': ({ materials }) => ({
    count: materials.length,
    materials: materials.map(describe),
  }),
};

function describe(material: Material) {
  return {
    id: material.id,
    materialId: material.id,
    name: material.name,
    color: materialColor(material),
    metallic: material.metallic,
    roughness: material.roughness,
    emission: [...material.emission],
  };
}

/** The colour of a material as 8-bit sRGB. */
export function materialColor({ color: [r, g, b, a] }: Pick<Material, 'color'>): number[] {
  return [toByte(r), toByte(g), toByte(b), Math.round(Math.max(0, Math.min(1, a)) * 255)];
}

function linear(color: Color): number[] {
  return toRgba(color).slice(0, 3).map(toLinear);
}

/* The transfer function of sRGB, IEC 61966-2-1. */
function toLinear(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function toByte(value: number): number {
  const inside = Math.max(0, Math.min(1, value));
  const encoded = inside <= 0.0031308 ? inside * 12.92 : 1.055 * inside ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
}
