import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { encodePng } from '../base/codec/index.js';
import { GoxelError, LIMITS } from '../base/index.js';
import { nodeCodecs } from '../daemon/codecs.js';
import type { Project } from '../engine/index.js';
import {
  detectFormat,
  type FormatContext,
  formatById,
  formatForPath,
  type VoxelFormat,
} from '../formats/index.js';
import { type Image, renderImage } from '../render/index.js';

export interface Model {
  readonly project: Project;
  readonly format: VoxelFormat;
}

/** What a user is told meanwhile. */
export interface Observer {
  readonly warn: (message: string) => void;
  /** 0…1. */
  readonly progress: (fraction: number) => void;
}

/**
 * Reads a model in this process.
 *
 * @param formatName - Null: what the content says.
 * @throws GoxelError of the format, Error when the file cannot be read.
 */
export function readModel(path: string, formatName: string | null, observer: Observer): Model {
  const bytes = new Uint8Array(readFileSync(path === '-' ? 0 : path));
  const name = path === '-' ? 'standard input' : basename(path);
  const format =
    formatName === null ? detectFormat(bytes.subarray(0, 64), name) : formatById(formatName);
  if (!format.read)
    throw new GoxelError('unsupported_format', `${format.title} files cannot be read`);
  return { project: format.read(bytes, contextOf(observer)), format };
}

/** Writes a model: the whole file or, when that fails, nothing. @throws GoxelError `invalid_params` for options. */
export function writeModel(
  project: Project,
  path: string,
  formatName: string | null,
  given: object,
  observer: Observer,
): VoxelFormat {
  const format = formatName === null ? formatForPath(path) : formatById(formatName);
  if (!format.write) {
    throw new GoxelError('unsupported_format', `${format.title} files cannot be written`);
  }
  const options = format.options.safeParse(given);
  if (!options.success) {
    const [issue] = options.error.issues;
    throw new GoxelError('invalid_params', `option ${issue!.path.join('.')}: ${issue!.message}`);
  }
  writeWhole(path, format.write(project, contextOf(observer), options.data));
  return format;
}

export function toPng({ width, height, pixels }: Image): Uint8Array {
  return encodePng({ width, height, data: pixels }, nodeCodecs, { filter: 'up', level: 3 });
}

/** Under another name first, so that nobody finds half a file; `-` is standard output. */
export function writeWhole(path: string, bytes: Uint8Array | string): void {
  if (path === '-') {
    writeFileSync(1, bytes);
    return;
  }
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function contextOf({ warn, progress }: Observer): FormatContext {
  return {
    codecs: nodeCodecs,
    limits: LIMITS,
    warn: (code, message) => warn(`${code}: ${message}`),
    progress,
    preview: (project, side) =>
      toPng(renderImage(project, { width: side, height: side, settings: { background: 0 } })),
  };
}
