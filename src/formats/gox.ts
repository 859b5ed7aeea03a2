import { z } from 'zod';
import type { VoxelFormat } from './format.js';
import { readGox } from './gox-read.js';
import { writeGox } from './gox-write.js';

const options = z.object({
  preview: z.boolean().default(true).describe('Put a small picture into the file.'),
  compression: z.int().min(1).max(9).default(1).describe('Of blocks: 1 is fast, 9 is small.'),
  blocks: z
    .enum(['rgba', 'indexed'])
    .default('rgba')
    .describe(
      'How blocks of up to 256 colours are stored: rgba as Goxel does, indexed twice as fast and smaller.',
    ),
});

/**
 * Goxel's own format, versions 1 and 2; version 2 is written. Axes, colours and box corners are those of this engine.
 *
 * ```
 * "GOX "  i32 version
 * chunks: char[4] type, i32 length, u8[length] data, u32 0
 *   IMG   dictionary                          image box
 *   PREV  PNG 128×128                         preview
 *   BL16  PNG 64×64                           one block, index 0, 1, 2 …; equal blocks once
 *   MATE  dictionary                          a material
 *   LAYR  i32 n, n × i32 (index, x, y, z, 0)  a layer, bottom first: its blocks,
 *         dictionary                          then the rest
 *   CAMR  dictionary                          a camera
 *   LIGH  dictionary
 *   goxp  PNG                                 ours: the picture of an image layer
 *   goxd  i32 n, n × i32 (index, x, y, z, 0)  ours: selection mask,
 *         JSON                                then what has no place above
 * ```
 *
 * Nothing of a project is lost. Two keys of layers are ours, `locked` and `opacity`, and one of cameras, `placeholder`. The
 * chunk `goxd` (`gox-private.ts`) holds what the format has no field for: name, background, palette, metadata,
 * groups, selection, active layer, ids of materials and cameras, extras of other formats; and values that were rounded or cut
 * (doubles, names above 255 bytes), each of which counts only while the field still is what it was rounded to. Goxel
 * ignores all of it, and drops it when it saves the file.
 *
 * Where writers differ: Goxel writes material 0 for "none", which reads as the first material; vengi's blocks off the
 * grid of 16 are placed voxel by voxel, its layers of id 0 get ids, its several materials in one `MATE` are the last of
 * them, its colours of 4 bytes are ignored, all as Goxel does. Placement of cameras by `rot` and `ofs` (before 0.9)
 * is not read.
 */
export const gox: VoxelFormat<typeof options> = {
  id: 'gox',
  title: 'Goxel',
  extensions: ['gox'],
  aliases: ['goxel'],
  mediaType: 'application/x-goxel',
  keeps: {
    layers: true,
    layerNames: true,
    hiddenLayers: true,
    materials: true,
    cameras: true,
    light: true,
    imageBox: true,
    palette: true,
    alpha: 'full',
    position: true,
    maxColors: null,
  },
  options,
  matches: (head) => [0x47, 0x4f, 0x58, 0x20].every((byte, i) => head[i] === byte),
  read: readGox,
  write: writeGox,
};
