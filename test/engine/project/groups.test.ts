import { describe, expect, it } from 'vitest';
import { GoxelError } from '../../../src/base/index.js';
import {
  applyDiff,
  assertUnlocked,
  diffProjects,
  dissolveGroup,
  flattenProject,
  insertGroup,
  invertDiff,
  isLocked,
  isShown,
  makeGroup,
  makeLayer,
  moveGroup,
  type Project,
  rgba,
  shownOpacity,
  updateGroup,
  updateLayer,
  visibleBox,
} from '../../../src/engine/index.js';
import { plainProject, projectOf, volumeOf, voxelsOf } from '../../helpers/builders.js';
import { random } from '../../helpers/random.js';

const RED = rgba(200, 10, 20);
const GREEN = rgba(30, 220, 40);

/** Layer 1 alone; layer 2 in group 2 in group 1. */
function nested(fields: Partial<Project> = {}): Project {
  return projectOf([], {
    layers: [
      makeLayer({ id: 1, volume: volumeOf([[0, 0, 0, RED]]) }),
      makeLayer({ id: 2, groupId: 2, volume: volumeOf([[1, -2, 3, GREEN]]) }),
    ],
    groups: [makeGroup({ id: 1 }), makeGroup({ id: 2, parentId: 1 })],
    ...fields,
  });
}

describe('groups', () => {
  it('hide, lock and fade what is in them, at any depth', () => {
    const project = nested();
    const inner = (changed: Project) => changed.layers[1]!;
    expect(isShown(project, inner(project))).toBe(true);
    const hidden = updateGroup(project, 1, { visible: false });
    expect(isShown(hidden, inner(hidden))).toBe(false);
    expect(visibleBox(hidden)).toEqual({ min: [0, 0, 0], max: [1, 1, 1] });
    const locked = updateGroup(project, 1, { locked: true });
    expect(isLocked(locked, inner(locked))).toBe(true);
    expect(() => assertUnlocked(locked, inner(locked))).toThrow('is in a locked group');
    const faded = updateGroup(updateGroup(project, 1, { opacity: 0.5 }), 2, { opacity: 0.5 });
    expect(shownOpacity(faded, inner(faded))).toBe(0.25);
    expect(voxelsOf(flattenProject(faded))[1]![3] >>> 24).toBe(64);
  });

  it('are not flattened from a memory of other switches', () => {
    const project = nested();
    expect(flattenProject(project).count).toBe(2);
    expect(flattenProject(updateGroup(project, 2, { visible: false })).count).toBe(1);
    expect(flattenProject(project).count).toBe(2);
  });

  it('do not go into themselves', () => {
    const project = nested();
    expect(() => moveGroup(project, 1, 2)).toThrow('cannot go into itself');
    expect(() => moveGroup(project, 1, 1)).toThrow('cannot go into itself');
    expect(() => moveGroup(project, 1, 9)).toThrow(GoxelError);
  });

  it('are nested so deep and no deeper', () => {
    let project = nested({ groups: [] });
    let parentId: number | null = null;
    for (let depth = 1; depth <= 64; depth++) {
      const added = insertGroup(project, { parentId });
      project = added.project;
      parentId = added.group.id;
    }
    expect(() => insertGroup(project, { parentId })).toThrow('at most 64 deep');
    const apart = insertGroup(project, {});
    expect(() => moveGroup(apart.project, 1, apart.group.id)).toThrow('at most 64 deep');
  });

  it('leave what they have to the group around them', () => {
    const without = dissolveGroup(nested(), 2);
    expect(without.layers[1]!.groupId).toBe(1);
    expect(dissolveGroup(without, 1).layers[1]!.groupId).toBe(null);
  });

  it('come back with undo', () => {
    const before = nested();
    const after = dissolveGroup(updateLayer(before, 1, { groupId: 1 }), 2);
    const diff = diffProjects(before, after);
    expect(plainProject(applyDiff(before, diff))).toEqual(plainProject(after));
    expect(plainProject(applyDiff(after, invertDiff(diff)))).toEqual(plainProject(before));
  });

  it.each([11, 222, 3333])('say what walking up says (seed %i)', (seed) => {
    const next = random(seed);
    const groups = Array.from({ length: 12 }, (_, i) =>
      makeGroup({
        id: i + 1,
        parentId: i > 0 && next() < 0.7 ? 1 + Math.floor(next() * i) : null,
        visible: next() < 0.8,
        locked: next() < 0.2,
        opacity: 0.25 + 0.75 * next(),
      }),
    );
    const layers = Array.from({ length: 30 }, (_, i) =>
      makeLayer({
        id: i + 1,
        groupId: next() < 0.8 ? 1 + Math.floor(next() * 12) : null,
        visible: next() < 0.8,
        locked: next() < 0.2,
        opacity: next(),
      }),
    );
    // A list in another order says the same.
    const project = projectOf([], { layers, groups: next() < 0.5 ? groups : groups.reverse() });
    for (const layer of layers) {
      let { visible, locked, opacity } = layer;
      for (let id = layer.groupId; id !== null; ) {
        const group = groups.find((candidate) => candidate.id === id)!;
        visible &&= group.visible;
        locked ||= group.locked;
        opacity *= group.opacity;
        id = group.parentId;
      }
      expect(isShown(project, layer)).toBe(visible);
      expect(isLocked(project, layer)).toBe(locked);
      expect(shownOpacity(project, layer)).toBeCloseTo(opacity, 12);
    }
  });
});
