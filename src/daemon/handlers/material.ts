import { GoxelError, LIMITS } from '../../base/index.js';
import { type Color, freeId, type Material, makeMaterial, toRgba } from '../../engine/index.js';
import { WHITE } from './colors.js';
import type { Edits, Reads } from './types.js';

export const materialEdits: Pick<Edits, 'goxel.create_material'> = {
  'goxel.create_material': (project, params) => {
    const { materials } = project;
    if (materials.length >= LIMITS.materials) {
      throw new GoxelError(
        'limit_exceeded',
        `a project has at most ${LIMITS.materials} materials`,
        {
          limit: LIMITS.materials,
          value: materials.length + 1,
        },
      );
    }
    const id = freeId(materials);
    const [r, g, b, a] = toRgba(params.color ?? WHITE);
    const [er, eg, eb] = linear(params.emission ?? 0).map((v) => v * params.emissionStrength);
    const material = makeMaterial({
      id,
      name: params.name ?? `Material.${id}`,
      color: [toLinear(r), toLinear(g), toLinear(b), a / 255],
      metallic: params.metallic,
      roughness: params.roughness,
      emission: [er!, eg!, eb!],
    });
    return {
      project: { ...project, materials: [...materials, material] },
      result: { success: true, ...describe(material) },
    };
  },
};

export const materialReads: Pick<Reads, 'goxel.list_materials'> = {
  'goxel.list_materials': ({ materials }) => ({
    count: materials.length,
    materials: materials.map(describe),
  }),
};

function describe(material: Material) {
  const [r, g, b, a] = material.color;
  return {
    id: material.id,
    materialId: material.id,
    name: material.name,
    color: [toByte(r), toByte(g), toByte(b), Math.round(Math.max(0, Math.min(1, a)) * 255)],
    metallic: material.metallic,
    roughness: material.roughness,
    emission: [...material.emission],
  };
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
