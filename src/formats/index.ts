import type { z } from 'zod';
import { GoxelError } from '../base/index.js';
import type { VoxelFormat } from './format.js';
import { gox } from './gox.js';
import { vox } from './vox.js';

export type { FormatContext, Keeps, VoxelFormat } from './format.js';
export { BUILT_IN_PALETTES, readPaletteAct, readPaletteText } from './palette.js';
export { readPicture } from './picture.js';

/** Every format, in the order in which contents are tried. The one list: add a format here and nowhere else. */
export const FORMATS: readonly VoxelFormat[] = [entry(gox), entry(vox)];

/** A format without the type of its options: whoever takes it from the list parses them with `format.options` first. */
function entry<Options extends z.ZodObject>(format: VoxelFormat<Options>): VoxelFormat {
  return format as unknown as VoxelFormat;
}

/**
 * The format with an id, an alias or an extension; capitals and a dot before it do not matter.
 *
 * @throws GoxelError `unsupported_format`.
 */
export function formatById(name: string): VoxelFormat {
  const wanted = name.toLowerCase().replace(/^\./, '');
  const found =
    FORMATS.find((format) => format.id === wanted || format.aliases.includes(wanted)) ??
    FORMATS.find((format) => format.extensions.includes(wanted));
  return found ?? unsupported(`no format is called ${JSON.stringify(name)}`, name);
}

/**
 * The format of a path by its extension.
 *
 * @throws GoxelError `unsupported_format`.
 */
export function formatForPath(path: string): VoxelFormat {
  return byExtension(path) ?? unsupported(`no format has the extension of ${path}`, path);
}

/**
 * The format of a file by its first bytes (at least 64 unless it is shorter), and where they say nothing, as for text, by
 * its extension. A name that ends in `.gz` is looked at without it.
 *
 * @throws GoxelError `unsupported_format`.
 */
export function detectFormat(head: Uint8Array, fileName: string): VoxelFormat {
  const start = head.subarray(0, 64);
  const matching = FORMATS.filter((format) => format.matches(start));
  const named = byExtension(fileName.replace(/\.gz$/i, ''));
  if (named && matching.includes(named)) return named;
  return matching[0] ?? named ?? unsupported(`the format of ${fileName} is not known`, fileName);
}

function byExtension(path: string): VoxelFormat | undefined {
  const name = path.replace(/^.*[/\\]/, '').toLowerCase();
  return FORMATS.find((format) => format.extensions.some((ext) => name.endsWith(`.${ext}`)));
}

function unsupported(problem: string, value: string): never {
  throw new GoxelError('unsupported_format', problem, {
    value,
    available: FORMATS.map((format) => format.id),
  });
}
