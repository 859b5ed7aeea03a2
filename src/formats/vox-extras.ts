import type { Codecs } from '../base/codec/index.js';
import type { Extras, Group, Layer, Project } from '../engine/project/index.js';

/**
 * What a project remembers of the `.vox` it came from: the whole file, compressed. The writer reads it again, compares
 * the project with what the file said, and changes in the file what has changed in the project. So everything that
 * this program has no words for survives, and no field can be forgotten.
 *
 * `project.extras.vox` is `{ size, crc, packed }`, `layer.extras.vox` is `{ crc, placement }`, `group.extras.vox` is `{ crc, group }`; plain data.
 */
export interface VoxMemory {
  /** Bytes of the file. */
  readonly size: number;
  /** CRC-32 of the file: layers that came from elsewhere do not match. */
  readonly crc: number;
  /** The file with its bytes sorted by their place modulo 4, deflated. */
  readonly packed: Uint8Array;
}

/** Placement of a layer that stands in for a file without any. */
export const NO_PLACEMENT = -1;

const STRIDE = 4;
const LEVEL = 3;

export function remember(bytes: Uint8Array, codecs: Codecs): VoxMemory {
  const packed = codecs.deflate(sortByPlace(bytes), LEVEL);
  return { size: bytes.length, crc: codecs.crc32(bytes), packed };
}

/** The file that a project came from; null when it is none or what it remembers is broken. */
export function recall(
  project: Project,
  codecs: Codecs,
  maxBytes: number,
): { bytes: Uint8Array; crc: number } | null {
  const memory = project.extras.vox as Partial<VoxMemory> | null | undefined;
  if (!memory || !(memory.packed instanceof Uint8Array)) return null;
  const { size, crc, packed } = memory;
  if (typeof size !== 'number' || typeof crc !== 'number' || !(size >= 0 && size <= maxBytes)) {
    return null;
  }
  try {
    const bytes = sortBack(codecs.inflate(packed, size));
    return bytes.length === size && codecs.crc32(bytes) === crc ? { bytes, crc } : null;
  } catch {
    // Extras may have been edited or cut; a project without its memory is still a project.
    return null;
  }
}

export function layerExtras(crc: number, placement: number): Extras {
  return { vox: { crc, placement } };
}

export function groupExtras(crc: number, group: number): Extras {
  return { vox: { crc, group } };
}

/** Which group of the file a group was, or null. */
export function groupPlace({ extras }: Group, crc: number): number | null {
  const memory = extras.vox as { crc?: unknown; group?: unknown } | null | undefined;
  return memory && memory.crc === crc && typeof memory.group === 'number' ? memory.group : null;
}

/** The placement that a layer came from, or null. */
export function layerPlacement(layer: Layer, crc: number): number | null {
  const memory = layer.extras.vox as { crc?: unknown; placement?: unknown } | null | undefined;
  return memory && memory.crc === crc && typeof memory.placement === 'number'
    ? memory.placement
    : null;
}

/**
 * A voxel is four bytes, x, y, z and colour, of which x counts up and the others hardly change: apart they compress ten
 * times better and five times faster.
 */
function sortByPlace(bytes: Uint8Array): Uint8Array {
  const sorted = new Uint8Array(bytes.length);
  let to = 0;
  for (let place = 0; place < STRIDE; place++) {
    for (let from = place; from < bytes.length; from += STRIDE) sorted[to++] = bytes[from]!;
  }
  return sorted;
}

function sortBack(sorted: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(sorted.length);
  let from = 0;
  for (let place = 0; place < STRIDE; place++) {
    for (let to = place; to < bytes.length; to += STRIDE) bytes[to] = sorted[from++]!;
  }
  return bytes;
}
