import { describe, expect, it } from 'vitest';
import {
  diffProjects,
  getLayer,
  History,
  insertLayer,
  makeProject,
  moveLayer,
  type Project,
  removeLayer,
  rgba,
  updateLayer,
  type VoxelChange,
  withVolume,
} from '../../../src/engine/index.js';
import { voxelsOf } from '../../helpers/builders.js';
import { random } from '../../helpers/random.js';

const RED = rgba(255, 1, 2);

/** All that undo must bring back, as text. */
function snapshot(project: Project): string {
  const layers = project.layers.map((layer) => {
    const { volume, ...record } = layer;
    return [record, voxelsOf(volume)];
  });
  return JSON.stringify({ ...project, layers });
}

/** Draws one voxel; null when that changes nothing. */
function draw(project: Project, voxel: Omit<VoxelChange, 'before'>): [Project, VoxelChange] | null {
  const { layerId, x, y, z, after } = voxel;
  const volume = getLayer(project, layerId).volume.clone();
  const before = volume.get(x, y, z);
  if (!volume.set(x, y, z, after)) return null;
  return [withVolume(project, layerId, volume), { ...voxel, before }];
}

/** An edit of records, of the stack, or of many voxels. */
function edit(project: Project, next: () => number): Project {
  const layer = project.layers[Math.floor(next() * project.layers.length)]!;
  switch (Math.floor(next() * 6)) {
    case 0:
      return insertLayer(project, { name: `Layer ${next()}` }).project;
    case 1:
      return removeLayer(project, layer.id, (removed) => removed.volume);
    case 2:
      return moveLayer(project, layer.id, Math.floor(next() * 4));
    case 3:
      return updateLayer(project, layer.id, { name: `Name ${next()}`, visible: next() < 0.5 });
    case 4:
      return { ...project, name: `Project ${next()}`, background: Math.floor(next() * 2 ** 32) };
    default: {
      const volume = layer.volume.clone();
      const [x, y, z] = [0, 0, 0].map(() => Math.floor(next() * 60) - 30);
      volume.fillBox({ min: [x!, y!, z!], max: [x! + 3, y! + 5, z! + 7] }, RED + 256 * x!);
      return withVolume(project, layer.id, volume);
    }
  }
}

describe('History', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'goes back and forth like a list of whole projects (seed %i)',
    (seed) => {
      const next = random(seed);
      const history = new History(Number.POSITIVE_INFINITY);
      let project = makeProject();
      const versions = [snapshot(project)];
      let at = 0;
      for (let round = 0; round < 400; round++) {
        const choice = next();
        if (choice < 0.3) {
          const travelled = history.undo(project);
          expect(travelled !== null).toBe(at > 0);
          if (travelled) at--;
          project = travelled?.project ?? project;
        } else if (choice < 0.5) {
          const travelled = history.redo(project);
          expect(travelled !== null).toBe(at < versions.length - 1);
          if (travelled) at++;
          project = travelled?.project ?? project;
        } else {
          const layer = project.layers[0]!;
          const [x, y, z] = [0, 0, 0].map(() => Math.floor(next() * 9) - 4);
          const after = next() < 0.3 ? 0 : rgba(Math.floor(next() * 256), 2, 3);
          const drawn = draw(project, { layerId: layer.id, x: x!, y: y!, z: z!, after });
          const changed = choice < 0.8 ? drawn?.[0] : edit(project, next);
          if (!changed) continue;
          const change =
            choice < 0.8 ? { voxel: drawn![1] } : { diff: diffProjects(project, changed) };
          if (!history.push(`step ${round}`, change, round)) continue;
          project = changed;
          versions.splice(at + 1, versions.length, snapshot(project));
          at++;
        }
        expect(snapshot(project)).toBe(versions[at]);
        expect([history.position, history.length]).toEqual([at, versions.length - 1]);
      }
    },
  );

  it('forgets the oldest steps beyond its bytes, and never the newest', () => {
    const history = new History(1000);
    const voxel = (x: number) => ({
      voxel: { layerId: 1, x, y: 0, z: 0, before: 0, after: RED },
    });
    for (let x = 0; x < 500; x++) history.push(`step ${x}`, voxel(x), x);
    expect(history.bytes).toBeLessThanOrEqual(1000);
    expect(history.forgotten + history.length).toBe(500);
    expect(history.entries().at(-1)).toMatchObject({ label: 'step 499', timestampMs: 499 });
    const tiny = new History(0);
    for (let x = 0; x < 5; x++) tiny.push(`step ${x}`, voxel(x), x);
    expect([tiny.length, tiny.forgotten, tiny.entries()[0]?.label]).toEqual([1, 4, 'step 4']);
  });

  it('gives back the bytes of steps that can no longer be redone', () => {
    const history = new History(1 << 20);
    let project = makeProject();
    for (let x = 0; x < 3; x++) {
      const [drawn, voxel] = draw(project, { layerId: 1, x, y: 0, z: 0, after: RED })!;
      history.push('draw', { voxel }, x);
      project = drawn;
    }
    const one = history.bytes / 3;
    project = history.undo(project)!.project;
    project = history.undo(project)!.project;
    expect(history.bytes).toBe(3 * one);
    const [, voxel] = draw(project, { layerId: 1, x: 9, y: 9, z: 9, after: RED })!;
    history.push('other', { voxel }, 9);
    expect([history.bytes, history.canRedo, history.length]).toEqual([2 * one, false, 2]);
  });

  it('adds no step for a change of nothing', () => {
    const history = new History(1000);
    const project = makeProject();
    const diff = diffProjects(project, { ...project });
    expect(history.push('nothing', { diff }, 0)).toBe(false);
    expect(history.length).toBe(0);
  });

  it('lists any part of its steps', () => {
    const history = new History(1 << 20);
    for (let x = 0; x < 200; x++) {
      history.push(
        `step ${x}`,
        { voxel: { layerId: 1, x, y: -x, z: 3, before: 0, after: RED } },
        x,
      );
    }
    expect(history.entries(198).map(({ label }) => label)).toEqual(['step 198', 'step 199']);
    expect(history.entries(-5, 1).map(({ label }) => label)).toEqual(['step 0']);
    expect(history.entries(150, 9999)).toHaveLength(50);
  });
});
