import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Real models with verified facts lie in a folder beside the repository that not everybody has. Tests that need it are
 * declared with `describe.skipIf(!hasShared)`; in CI nothing may be skipped, so there its absence is an error.
 */
const folder = fileURLToPath(new URL('../../../shared/', import.meta.url));

export const hasShared = existsSync(`${folder}models/facts.json`);

if (!hasShared) {
  const message = `the folder of test models, ${folder}models, is missing: tests of real files are skipped`;
  if (process.env.CI) throw new Error(`${message}, which CI does not allow`);
  console.warn(message);
}

/** Absolute path of a file below the shared folder, for example `models/gox/tiny.gox`. */
export function sharedPath(path: string): string {
  return `${folder}${path}`;
}

export function readShared(path: string): Uint8Array {
  return new Uint8Array(readFileSync(sharedPath(path)));
}

export interface ModelFacts {
  readonly file: string;
  readonly format: string;
  readonly voxels: number;
  readonly min: readonly [number, number, number] | null;
  /** Exclusive. */
  readonly max: readonly [number, number, number] | null;
  readonly colors: number | null;
  readonly layers: number;
  readonly hiddenLayers: number;
  readonly layerList: readonly {
    readonly name: string;
    readonly kind?: string;
    readonly voxels: number;
    readonly min: readonly number[] | null;
    readonly max: readonly number[] | null;
    readonly hidden?: boolean;
  }[];
  readonly positionsSha256: string;
  readonly voxelsSha256: string | null;
  readonly samples: readonly (readonly [number, number, number, string])[];
  readonly header?: Readonly<Record<string, unknown>>;
}

export interface BadFile {
  readonly file: string;
  readonly bytes: number;
  readonly expect: string;
}

/** The verified facts of all models of one format. */
export function modelFacts(format: string): ModelFacts[] {
  if (!hasShared) return [];
  return facts().files.filter((file) => file.format === format);
}

/** Malformed files whose names begin with a format and a dash. */
export function badFiles(format: string): BadFile[] {
  if (!hasShared) return [];
  return facts().bad.filter((file) => file.file.startsWith(`bad/${format}-`));
}

function facts(): { files: ModelFacts[]; bad: BadFile[] } {
  return JSON.parse(new TextDecoder().decode(readShared('models/facts.json')));
}
