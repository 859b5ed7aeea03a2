import { z } from 'zod';
import { makeLayer, type Project } from '../engine/project/index.js';
import type { VoxelFormat } from './format.js';
import { VOX_MAGIC } from './vox-chunks.js';
import { groupExtras, layerExtras, NO_PLACEMENT, remember } from './vox-extras.js';
import type { Warn } from './vox-nodes.js';
import { openVox, type ReadContext, toProject } from './vox-read.js';
import { writeVox } from './vox-write.js';

const options = z.object({});

/**
 * MagicaVoxel, versions 150 and 200. Z up, as here: axes map one to one.
 *
 * | file | project |
 * |---|---|
 * | model placed by the scene graph (`nTRN`, `nGRP`, `nSHP`) | layer; of several frames the first |
 * | `_name` of the `nTRN` above it | name |
 * | `nGRP` below the topmost one, with the `nTRN` above it | group |
 * | `_hidden` there, or of its `LAYR` | not visible |
 * | `RGBA`, in the order of `IMAP`, `NOTE` | palette; a colour has the name of its row |
 * | `MATL`, `MATT` | material of the layers whose voxels all have the same |
 * | everything else, cameras and lights too (their angles are not published) | kept in the extras |
 *
 * A project that came from a `.vox` is written as that file with what has changed: unchanged, it gives the same bytes. Any
 * other project is written with one model a layer, in place (`_t` is the position of the pivot), cut into
 * pieces of at most 256³ where it is larger. Alpha is kept in the palette and, for MagicaVoxel, as glass. More than 255
 * colours are reduced with a warning.
 */
export const vox: VoxelFormat<typeof options> = {
  id: 'vox',
  title: 'MagicaVoxel',
  extensions: ['vox'],
  aliases: ['magicavoxel'],
  mediaType: 'model/x-vox',
  keeps: {
    layers: true,
    layerNames: true,
    hiddenLayers: true,
    materials: false,
    cameras: false,
    light: false,
    imageBox: false,
    // It comes back in order, with the colours of voxels that it did not have after it.
    palette: false,
    alpha: 'full',
    position: true,
    maxColors: 255,
  },
  options,
  // Slab6 writes another format with the same extension; that one has no magic.
  matches: (head) => [...VOX_MAGIC].every((letter, i) => head[i] === letter.charCodeAt(0)),
  read: (bytes, context) => {
    const warn = limitWarnings(context.warn);
    return withMemory(bytes, { ...context, warn });
  },
  write: (project, context) => writeVox(project, { ...context, warn: limitWarnings(context.warn) }),
};

/** The project of a file, with what is needed to write the same file again. */
function withMemory(bytes: Uint8Array, context: ReadContext): Project {
  const { project, layers } = toProject(openVox(bytes, context.warn), context);
  const memory = remember(bytes, context.codecs);
  const extras = new Map(layers.map((layer, i) => [layer, layerExtras(memory.crc, i)]));
  if (extras.size === 0) {
    const layer = makeLayer({ id: 1, name: '', extras: layerExtras(memory.crc, NO_PLACEMENT) });
    return { ...project, layers: [layer], extras: { vox: memory } };
  }
  return {
    ...project,
    layers: project.layers.map((layer) => ({ ...layer, extras: extras.get(layer)! })),
    groups: project.groups.map((group, i) => ({ ...group, extras: groupExtras(memory.crc, i) })),
    extras: { vox: memory },
  };
}

/** Warnings of one kind that are passed on; a hostile file could otherwise raise millions. */
const WARNINGS_EACH = 10;

function limitWarnings(warn: Warn): Warn {
  const counts = new Map<string, number>();
  return (code, message) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    if (count < WARNINGS_EACH) warn(code, message);
    else if (count === WARNINGS_EACH) warn(code, `${message}; more like this are not listed`);
  };
}
