import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Model } from '../../bench/agents/model.js';
import { failuresOf, type Task } from '../../bench/agents/task.js';
import { TASKS } from '../../bench/agents/tasks/index.js';
import { pureEdits } from '../../src/daemon/handlers/index.js';
import { type Color, flattenProject, forEachVoxel, makeProject } from '../../src/engine/index.js';
import { findMethod, parseColor, readParams } from '../../src/protocol/index.js';
import { repository } from '../helpers/sources.js';

/* The tasks of the agent benchmark: what is right passes, and every grader fails what is wrong. */

type Voxel = [x: number, y: number, z: number, color: Color];

/** The voxels of the recorded build, without a daemon. */
function solve({ build }: Task): Voxel[] {
  const method = findMethod('goxel.build')!;
  let project = makeProject();
  for (const params of build) {
    const read = readParams(method, params).params as Parameters<
      (typeof pureEdits)['goxel.build']
    >[1];
    project = pureEdits['goxel.build'](project, read).project;
  }
  const voxels: Voxel[] = [];
  forEachVoxel(flattenProject(project), (x, y, z, color) => voxels.push([x, y, z, color]));
  return voxels;
}

/** Wrong models, made of a right one. */
const MUTATIONS: Readonly<Record<string, (voxels: readonly Voxel[]) => Voxel[]>> = {
  nothing: () => [],
  'the left half': (voxels) => {
    const middle = voxels.reduce((sum, [x]) => sum + x, 0) / voxels.length;
    return voxels.filter(([x]) => x < middle).map((voxel) => [...voxel]);
  },
  'other colours': (voxels) => voxels.map(([x, y, z]) => [x, y, z, parseColor('hotpink')]),
  'a stray voxel': (voxels) => {
    const [x, y, z, color] = voxels[0]!;
    return [...voxels.map((voxel): Voxel => [...voxel]), [x - 50, y - 50, z + 50, color]];
  },
  'without its top': (voxels) => {
    const top = voxels.reduce((most, [, , z]) => Math.max(most, z), -Infinity);
    return voxels.filter(([, , z]) => z < top).map((voxel) => [...voxel]);
  },
};

describe('the tasks of the agent benchmark', () => {
  it('are at least 30, each with a name of its own', () => {
    expect(TASKS.length).toBeGreaterThanOrEqual(30);
    expect(new Set(TASKS.map(({ id }) => id)).size).toBe(TASKS.length);
  });

  it.each(TASKS.map((task) => [task.id, task] as const))(
    '%s: the build passes, wrong models fail',
    (_, task) => {
      const voxels = solve(task);
      expect(failuresOf(task, new Model(voxels))).toEqual([]);
      const elsewhere = voxels.map(([x, y, z, color]): Voxel => [x - 70, y + 31, z + 5, color]);
      expect(failuresOf(task, new Model(elsewhere))).toEqual([]);
      const passed = Object.keys(MUTATIONS).filter(
        (name) => failuresOf(task, new Model(MUTATIONS[name]!(voxels))).length === 0,
      );
      expect(passed).toEqual([]);
    },
  );
});

describe('the runner', () => {
  const run = (...args: string[]) =>
    spawnSync(
      process.execPath,
      ['--import', 'tsx', join(repository, 'bench/agents/run.ts'), ...args],
      {
        cwd: repository,
        encoding: 'utf8',
      },
    );

  it('plays recorded solutions in three styles through a daemon', () => {
    const { stdout, status } = run('heart', 'die');
    expect({ stdout, status }).toMatchObject({ status: 0 });
    expect(stdout).toMatch(/raw: passed +100 %.*\n.*370 calls/);
    expect(stdout).toMatch(/build: passed +100 %/);
    expect(stdout).toMatch(/run: passed +100 %/);
  });

  it('lets a command solve tasks, grades what it built, and counts its calls', () => {
    const folder = mkdtempSync(join(tmpdir(), 'goxel-solver-'));
    const solver = join(folder, 'solver.mjs');
    writeFileSync(
      solver,
      `import { createInterface } from 'node:readline';
      let step = 0;
      for await (const line of createInterface({ input: process.stdin })) {
        const { task, error } = JSON.parse(line);
        if (step === 0 && !task.includes('ball')) throw new Error(line);
        if (step === 2 && !error.includes('teapot')) throw new Error(line);
        const shapes = ['sphere', 'teapot'];
        if (step === 2) console.log('{"done":true}');
        else console.log(JSON.stringify({ method: 'goxel.build', params: { parts: [{ shape: shapes[step], size: 15, color: 'crimson' }] } }));
        step++;
      }`,
    );
    const passed = run('ball', '--solver', `${process.execPath} ${solver}`);
    expect(passed.stdout).toMatch(/ball +passed +2 .*\n.*passed +100 %/);
    const failed = run('ball', '--solver', 'cat >/dev/null < /dev/null');
    expect(failed.stdout).toMatch(/ball, solver: is 0×0×0, not 15×15×15/);
    expect(failed.stdout).toMatch(/ball +FAILED/);
    rmSync(folder, { recursive: true });
  });
});
