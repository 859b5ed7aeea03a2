import type { z } from 'zod';
import type { Codecs } from '../base/codec/index.js';
import type { LIMITS } from '../base/index.js';
import type { Project } from '../engine/project/index.js';

/**
 * What a format can keep of a project. The conformance suite writes projects and compares what it reads back up to these
 * losses; the daemon warns about them; the table in the README is made of them.
 */
export interface Keeps {
  /** Several layers stay apart; else they are flattened into one. */
  readonly layers: boolean;
  readonly layerNames: boolean;
  /** Layers that are not visible are written, and stay invisible. */
  readonly hiddenLayers: boolean;
  readonly materials: boolean;
  readonly cameras: boolean;
  readonly light: boolean;
  readonly imageBox: boolean;
  readonly palette: boolean;
  /** `full`: 8 bits of alpha. `binary`: alpha below 127 is dropped, the rest becomes 255. */
  readonly alpha: 'full' | 'binary';
  /** Where the voxels are, or only their shape. */
  readonly position: boolean;
  /** Distinct colours; null: any number. More are reduced to the nearest. */
  readonly maxColors: number | null;
}

/** Everything a reader or writer may use beside its arguments. */
export interface FormatContext {
  readonly codecs: Codecs;
  readonly limits: typeof LIMITS;
  /** Reports an oddity that was mended; `code` is stable, snake case. */
  warn(code: string, message: string): void;
  /** 0…1; throws `cancelled` when the caller wants no more. */
  progress(fraction: number): void;
  /** A PNG picture of the project, `side` pixels square, for formats with a preview; null: no renderer. */
  preview: ((project: Project, side: number) => Uint8Array) | null;
}

/**
 * A file format: one object in one file, listed in `index.ts`. Everything else (the tables, the checks on extensions, the
 * conformance suite, `goxel.list_formats`) is derived from that list.
 */
export interface VoxelFormat<Options extends z.ZodObject = z.ZodObject> {
  /** Name on the wire and the first extension, for example `vox`. */
  readonly id: string;
  /** For people: `MagicaVoxel`. */
  readonly title: string;
  /** Without dot, lower case, the usual one first. */
  readonly extensions: readonly string[];
  /** Other names that clients use for it, lower case. */
  readonly aliases: readonly string[];
  readonly mediaType: string;
  readonly keeps: Keeps;
  /** Choices of the writer; every field has a default. */
  readonly options: Options;
  /** Whether a file that begins with these bytes (at most 64) is of this format. */
  matches(head: Uint8Array): boolean;
  /** The version that a file says it has. Absent: the format has none. */
  version?(bytes: Uint8Array): number;
  /** @throws GoxelError `invalid_file` with format, field and offset, or `limit_exceeded`. */
  readonly read: ((bytes: Uint8Array, context: FormatContext) => Project) | null;
  readonly write:
    | ((project: Project, context: FormatContext, options: z.output<Options>) => Uint8Array)
    | null;
}
