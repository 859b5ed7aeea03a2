import { ByteWriter } from '../base/index.js';
import type { Vec3 } from '../engine/math/index.js';
import type { Material } from '../engine/project/index.js';
import type { Color } from '../engine/volume/index.js';
import {
  chunkReader,
  type Dict,
  getNumber,
  getValue,
  readDict,
  type VoxFile,
  withValue,
  writeDict,
} from './vox-chunks.js';

/**
 * Materials: MagicaVoxel gives each colour index one, a project gives each layer one. A layer whose voxels agree gets
 * that material; the chunks themselves are kept, so nothing is lost where they do not.
 */
export interface Look {
  /** 0…1. */
  readonly metallic: number;
  /** 0…1. */
  readonly roughness: number;
  /** 0…1, 1 is opaque. */
  readonly opacity: number;
  /** Light given off, as a multiple of the voxel's own colour. */
  readonly glow: number;
}

/** Materials by colour index; an index without one is diffuse. */
export type LooksByIndex = ReadonlyMap<number, Look>;

/** Ids of `MATL` are colour indices, except that 256 means index 0. */
const INDEX_MASK = 255;
/** What MagicaVoxel gives new materials. */
const DEFAULT_ROUGHNESS = 0.1;
const NO_BYTES = new Uint8Array(0);
const MATT_TYPES = ['_diffuse', '_metal', '_glass', '_emit'] as const;

export interface VoxMaterial {
  readonly dict: Dict;
  /** Bytes of the chunk after the dict. */
  readonly rest: Uint8Array;
  /** Place of the `MATL` in the list of chunks; −1: translated from a `MATT`. */
  readonly chunk: number;
}

/** The materials by colour index: of several `MATL` for one index the last, else the `MATT`. */
export function readMaterials(file: VoxFile): Map<number, VoxMaterial> {
  const materials = readOldMaterials(file);
  file.chunks.forEach((chunk, i) => {
    if (chunk.id !== 'MATL') return;
    const reader = chunkReader(chunk);
    const index = reader.i32('MATL.id') & INDEX_MASK;
    const dict = readDict(reader, 'MATL');
    materials.set(index, { dict, rest: reader.bytes(reader.remaining, 'MATL'), chunk: i });
  });
  return materials;
}

export function writeMaterial(index: number, dict: Dict, rest: Uint8Array): Uint8Array {
  const writer = new ByteWriter(256);
  writer.i32(index === 0 ? 256 : index);
  writeDict(writer, dict);
  return writer.bytes(rest).finish();
}

/**
 * How the colour indices look that are not plainly diffuse.
 *
 * @param colors - By index: where the colour itself is translucent, glass adds nothing.
 */
export function readLooks(
  materials: ReadonlyMap<number, VoxMaterial>,
  colors: Uint32Array,
): LooksByIndex {
  const looks = new Map<number, Look>();
  for (const [index, { dict }] of materials) {
    const look = dictLook(dict, colors[index]! >>> 24 === 255);
    if (look) looks.set(index, look);
  }
  return looks;
}

/** `MATT` as the dicts that came after it. */
function readOldMaterials(file: VoxFile): Map<number, VoxMaterial> {
  const materials = new Map<number, VoxMaterial>();
  for (const chunk of file.chunks) {
    if (chunk.id !== 'MATT') continue;
    const reader = chunkReader(chunk);
    const index = reader.i32('MATT.id') & INDEX_MASK;
    const type = MATT_TYPES[reader.i32('MATT.type')] ?? '_diffuse';
    const weight = String(reader.f32('MATT.weight'));
    const mask = reader.u32('MATT.mask');
    const dict: [string, string][] = [
      ['_type', type],
      ['_weight', weight],
    ];
    // Bits 0…6 announce a value each, in this order; only the roughness has a place in a Look.
    for (let bit = 0; bit < 7; bit++) {
      if (((mask >> bit) & 1) === 0 || reader.remaining < 4) continue;
      const value = String(reader.f32('MATT.value'));
      if (bit === 1) dict.push(['_rough', value]);
    }
    if (type === '_emit') dict.push(['_emit', weight]);
    materials.set(index, { dict, rest: NO_BYTES, chunk: -1 });
  }
  return materials;
}

/** A choice where the format publishes no ranges; null: diffuse, or a kind we have no words for (clouds). */
function dictLook(dict: Dict, opaque: boolean): Look | null {
  const unit = (key: string, otherwise: number) =>
    Math.min(1, Math.max(0, getNumber(dict, key, otherwise)));
  const roughness = unit('_rough', DEFAULT_ROUGHNESS);
  const opacity = () => 1 - unit('_trans', unit('_alpha', unit('_weight', 0.5)));
  switch (getValue(dict, '_type')) {
    case '_metal':
      return { metallic: unit('_metal', unit('_weight', 1)), roughness, opacity: 1, glow: 0 };
    case '_glass':
      return opaque ? { metallic: 0, roughness, opacity: opacity(), glow: 0 } : null;
    case '_blend':
      return { metallic: unit('_metal', 0), roughness, opacity: opaque ? opacity() : 1, glow: 0 };
    case '_emit': {
      const flux = Math.max(0, getNumber(dict, '_flux', 0));
      return { metallic: 0, roughness, opacity: 1, glow: unit('_emit', 1) * (1 + flux) };
    }
    default:
      return null;
  }
}

/**
 * A material for a colour that new voxels took: reads as `look`, and where the colour is translucent and plain, as glass,
 * which is how MagicaVoxel shows it. Null when the present one does.
 */
export function materialFor(before: Dict, look: Look | null, color: Color): Dict | null {
  const alpha = color >>> 24;
  if (look || alpha === 255) {
    return looksEqual(dictLook(before, alpha === 255), look) ? null : withLook(before, look);
  }
  if (getValue(before, '_type') === '_glass') return null;
  const roughness = getNumber(before, '_rough', DEFAULT_ROUGHNESS);
  return withLook(before, { metallic: 0, roughness, opacity: alpha / 255, glow: 0 });
}

/** A dict that reads as this look. Keys that say nothing about it stay. */
function withLook(before: Dict, look: Look | null): Dict {
  if (!look) return withValue(before, '_type', '_diffuse');
  const text = (value: number) => String(Math.round(value * 1e6) / 1e6);
  const type = lookType(look);
  let dict = withValue(before, '_type', type);
  dict = withValue(dict, '_rough', text(look.roughness));
  if (type === '_emit') {
    const flux = Math.max(0, Math.ceil(look.glow) - 1);
    dict = withValue(dict, '_emit', text(look.glow / (1 + flux)));
    return withValue(dict, '_flux', text(flux));
  }
  if (type !== '_glass') dict = withValue(dict, '_metal', text(look.metallic));
  if (type !== '_metal') dict = withValue(dict, '_trans', text(1 - look.opacity));
  return dict;
}

function lookType(look: Look): string {
  if (look.glow > 0) return '_emit';
  if (look.opacity < 1) return look.metallic > 0 ? '_blend' : '_glass';
  return '_metal';
}

/** The common look of all indices in use; null: diffuse; undefined: they differ. */
export function commonLook(use: Uint32Array, looks: LooksByIndex): Look | null | undefined {
  let common: Look | null | undefined;
  for (let index = 1; index < 256; index++) {
    if (use[index] === 0) continue;
    const look = looks.get(index) ?? null;
    if (common === undefined) common = look;
    else if (!looksEqual(common, look)) return undefined;
  }
  return common ?? null;
}

export function looksEqual(a: Look | null, b: Look | null): boolean {
  if (!a || !b) return a === b;
  return lookKey(a) === lookKey(b);
}

/** The same text for looks that a file cannot tell apart. */
export function lookKey(look: Look | null): string {
  if (!look) return '';
  const { metallic, roughness, opacity, glow } = look;
  return [metallic, roughness, opacity, glow].map((value) => Math.round(value * 1e6)).join(' ');
}

/** A project's material for a look. What glows does so in the mean colour of the layer. */
export function toMaterialFields(look: Look, use: Uint32Array, colors: Uint32Array) {
  const mean = meanColor(use, colors);
  const emission: Vec3 = [look.glow * mean[0], look.glow * mean[1], look.glow * mean[2]];
  const color: Material['color'] = [1, 1, 1, look.opacity];
  return { color, metallic: look.metallic, roughness: look.roughness, emission };
}

/**
 * What can be kept of a layer's material; null when it is as plain as no material. The tint of its colour is lost.
 *
 * @param mean - Linear colour of the layer, for the strength of its glow.
 */
export function materialLook(material: Material | undefined, mean: Vec3): Look | null {
  if (!material) return null;
  const glow = Math.max(...material.emission) / Math.max(1e-3, ...mean);
  const { metallic, roughness } = material;
  return { metallic, roughness, opacity: Math.min(1, Math.max(0, material.color[3])), glow };
}

/** The mean of colours, each counted as often as it is used; linear. */
export function meanColor(use: ArrayLike<number>, colors: ArrayLike<Color>): Vec3 {
  const sum = [0, 0, 0];
  let total = 0;
  for (let i = 0; i < use.length; i++) {
    if (use[i] === 0) continue;
    total += use[i]!;
    for (let k = 0; k < 3; k++) sum[k]! += use[i]! * toLinear((colors[i]! >>> (8 * k)) & 255);
  }
  return total === 0 ? [0, 0, 0] : [sum[0]! / total, sum[1]! / total, sum[2]! / total];
}

/** An 8-bit sRGB channel as linear light, 0…1. */
function toLinear(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
