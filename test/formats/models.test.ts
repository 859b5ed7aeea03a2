import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { GoxelError } from '../../src/base/index.js';
import {
  flattenProject,
  layerVolume,
  type Project,
  type ReadonlyVolume,
  toRgba,
} from '../../src/engine/index.js';
import { detectFormat, FORMATS } from '../../src/formats/index.js';
import { testContext, type Voxel, voxelsOf } from '../helpers/builders.js';
import { badFiles, hasShared, modelFacts, readShared } from '../helpers/shared.js';

/** Real files of other programs against facts that were verified without this project. */

function flattened(project: Project): Voxel[] {
  return voxelsOf(flattenProject(project, { ignoreModes: true }));
}

function hex(color: number): string {
  return Buffer.from(toRgba(color)).toString('hex');
}

function sha256(lines: readonly string[]): string {
  return createHash('sha256')
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('hex');
}

function factsOf(voxels: readonly Voxel[], volume: ReadonlyVolume) {
  const { min, max } = volume.box() ?? { min: null, max: null };
  return { voxels: voxels.length, min, max };
}

for (const format of FORMATS) {
  const { read, write } = format;
  if (!read) continue;

  describe.skipIf(!hasShared)(`${format.id}: real models`, () => {
    test.each(modelFacts(format.id).map((facts) => [facts.file, facts] as const))(
      '%s',
      (file, facts) => {
        const bytes = readShared(`models/${file}`);
        expect(detectFormat(bytes.subarray(0, 64), file)).toBe(format);
        const project = read(bytes, testContext());
        const voxels = flattened(project);
        expect({
          ...factsOf(voxels, flattenProject(project, { ignoreModes: true })),
          colors: new Set(voxels.map(([, , , color]) => color)).size,
          positionsSha256: sha256(voxels.map(([x, y, z]) => `${x} ${y} ${z}`)),
          voxelsSha256: sha256(voxels.map(([x, y, z, color]) => `${x} ${y} ${z} ${hex(color)}`)),
        }).toEqual({
          voxels: facts.voxels,
          min: facts.min,
          max: facts.max,
          colors: facts.colors,
          positionsSha256: facts.positionsSha256,
          // Null where colours depend on which of two overlapping layers counts.
          voxelsSha256: facts.voxelsSha256 ?? expect.any(String),
        });
        const samples = new Map(voxels.map(([x, y, z, color]) => [`${x} ${y} ${z}`, hex(color)]));
        for (const [x, y, z, color] of facts.samples) {
          expect(samples.get(`${x} ${y} ${z}`)).toBe(color);
        }
        expect(project.layers).toHaveLength(facts.layers);
        expect(project.layers.filter((layer) => !layer.visible)).toHaveLength(facts.hiddenLayers);
        project.layers.forEach((layer, i) => {
          const known = facts.layerList[i]!;
          const volume = layerVolume(project, layer);
          expect({ name: layer.name, ...factsOf(voxelsOf(volume), volume) }, known.name).toEqual({
            name: known.name,
            voxels: known.voxels,
            min: known.min,
            max: known.max,
          });
        });

        if (!write) return;
        const written = write(project, testContext(), format.options.parse({}));
        expect(flattened(read(written, testContext()))).toEqual(voxels);
      },
    );
  });

  describe.skipIf(!hasShared)(`${format.id}: malformed files`, () => {
    test.each(badFiles(format.id).map((bad) => [bad.file, bad.expect] as const))(
      '%s: %s',
      (file, expected) => {
        const context = testContext();
        let error: unknown = null;
        try {
          read(readShared(`models/${file}`), context);
        } catch (thrown) {
          error = thrown;
        }
        const mayLoad = !/^must be refused(;|$)/.test(expected);
        if (error === null) {
          expect(mayLoad).toBe(true);
          expect(context.warnings.length).toBeGreaterThan(0);
          return;
        }
        expect(expected).toContain('must be refused');
        expect(error).toBeInstanceOf(GoxelError);
        expect((error as GoxelError).code).toMatch(/^(invalid_file|limit_exceeded)$/);
        expect((error as GoxelError).message).toMatch(new RegExp(`^${format.id}: `));
      },
    );
  });
}
