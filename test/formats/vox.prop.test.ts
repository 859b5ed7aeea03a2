import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  dissolveGroup,
  forEachVoxel,
  groupIds,
  insertGroup,
  type Layer,
  layerVolume,
  makeLayer,
  makeProject,
  moveGroup,
  type Project,
  rgba,
  translation,
  updateGroup,
  updateLayer,
  Volume,
} from '../../src/engine/index.js';
import { vox } from '../../src/formats/vox.js';
import { testContext, voxelsOf } from '../helpers/builders.js';
import {
  model,
  nGRP,
  nSHP,
  nTRN,
  type RawChunk,
  record,
  rgbaChunk,
  voxFile,
} from '../helpers/vox-builder.js';

/** Numbers 0…n−1 that follow from a seed (mulberry32). */
function generator(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n);
  };
}

type Random = (n: number) => number;

/** What a layer must come back as, short enough for a message. */
function plain(project: Project): string[] {
  return project.layers.map((layer) => {
    const voxels = voxelsOf(layerVolume(project, layer));
    const hash = createHash('sha1').update(JSON.stringify(voxels)).digest('hex');
    const first = voxels[0]?.slice(0, 3) ?? 'none';
    const own = `${layer.name} ${layer.visible} ${voxels.length} from ${first}: ${hash.slice(0, 8)}`;
    return `${groupPath(project, layer.groupId)}${own}`;
  });
}

/** The groups around a layer, the outermost first. */
function groupPath({ groups }: Project, id: number | null): string {
  const group = groups.find((candidate) => candidate.id === id);
  return group
    ? `${groupPath({ groups } as Project, group.parentId)}${group.name} ${group.visible} / `
    : '';
}

/** Few colours, so that whole scenes stay below 255. */
function color(random: Random): number {
  return rgba(51 * random(6), 85 * random(4), 255 * random(2), random(8) === 0 ? 128 : 255);
}

function randomVolume(random: Random): Volume {
  const volume = new Volume();
  const spread = [3, 20, 255, 256, 700][random(5)]!;
  const corner = [0, 0, 0].map(() => random(2000) - 1000);
  for (let n = random(40); n > 0; n--) {
    const [x, y, z] = corner.map((value) => value + random(spread + 1)) as [number, number, number];
    volume.set(x, y, z, color(random));
  }
  if (random(4) === 0) {
    const [x, y, z] = corner as [number, number, number];
    const max = [x + 1 + random(40), y + 1 + random(40), z + 1 + random(20)] as const;
    volume.fillBox({ min: [x, y, z], max }, color(random));
  }
  return volume;
}

function randomProject(random: Random): Project {
  const layers: Layer[] = [];
  for (let id = 1; id <= 1 + random(6); id++) {
    const fields = { id, name: `layer ${random(99)}`, visible: random(3) > 0 };
    const base = layers[random(layers.length + 2)];
    const move = [random(50) - 25, random(50) - 25, random(50) - 25] as const;
    if (base)
      layers.push(makeLayer({ ...fields, baseId: base.id, transform: translation(...move) }));
    else layers.push(makeLayer({ ...fields, volume: randomVolume(random) }));
  }
  return makeProject({ layers });
}

/** A scene with shared nodes, turns, mirrors, groups in groups, hidden parts and several models a shape. */
function randomVox(random: Random): Uint8Array {
  const chunks: RawChunk[] = [];
  const models = 1 + random(4);
  for (let i = 0; i < models; i++) {
    const size = [1 + random(6), 1 + random(9), 1 + random(30)] as const;
    const voxels = Array.from({ length: random(12) }, () => {
      return [random(size[0]), random(size[1]), random(size[2]), 1 + random(12)] as const;
    });
    chunks.push(...model(size, voxels));
  }
  const nodes: RawChunk[] = [];
  // A node only names nodes with higher numbers, so there is no circle.
  const count = 6 + random(14);
  const kinds = Array.from({ length: count }, (_, id) =>
    id === 0 ? 'nTRN' : id >= count - 3 ? 'nSHP' : ['nTRN', 'nTRN', 'nGRP'][random(3)]!,
  );
  for (let id = 0; id < count; id++) {
    const later = () => id + 1 + random(Math.min(5, count - id - 1));
    const hidden = random(8) === 0;
    if (kinds[id] === 'nTRN') {
      const axes = [4, 1, 8, 6, 9, 2][random(6)]!;
      const t = [random(90) - 45, random(90) - 45, random(90) - 45].join(' ');
      const frame = { _r: String(axes | (random(8) << 4)), _t: t };
      const frames = random(5) === 0 ? [frame, { _t: '1 2 3', _f: '7' }] : [frame];
      nodes.push(nTRN(id, later(), { name: `n${id}`, hidden, layer: random(3), frames }));
    } else if (kinds[id] === 'nGRP') {
      const children = Array.from({ length: random(4) }, later);
      nodes.push(nGRP(id, children, hidden ? { _hidden: '1' } : { _own: 'x' }));
    } else {
      const shown = Array.from({ length: 1 + random(2) }, () => random(models));
      nodes.push(nSHP(id, shown, { _own: String(id) }));
    }
  }
  chunks.push(...(random(6) === 0 ? [] : nodes));
  chunks.push(record('LAYR', 1, random(3) === 0 ? { _hidden: '1' } : {}));
  if (random(2) === 0) chunks.push(rgbaChunk(Array.from({ length: 20 }, () => color(random))));
  return voxFile(chunks, { version: random(2) === 0 ? 150 : 200 });
}

function randomEdit(project: Project, random: Random): Project {
  const layers = [...project.layers];
  const at = random(layers.length);
  const layer = layers[at]!;
  switch (random(8)) {
    case 0:
      layers[at] = { ...layer, name: ['', 'new name', 'ü'][random(3)]! };
      break;
    case 1:
      layers[at] = { ...layer, visible: !layer.visible };
      break;
    case 2:
      if (layers.length > 1) layers.splice(at, 1);
      break;
    case 3:
      layers.push(makeLayer({ id: 1000 + random(1e6), volume: randomVolume(random) }));
      break;
    case 4:
      layers[at] = { ...layer, volume: randomVolume(random) };
      break;
    case 5:
      layers.splice(random(layers.length), 0, { ...layer, id: 1000 + random(1e6) });
      break;
    default: {
      const volume = layer.volume.clone();
      const places: [number, number, number][] = [];
      forEachVoxel(layer.volume, (x, y, z) => void places.push([x, y, z]));
      const [x, y, z] = places[random(places.length)] ?? [0, 0, 0];
      if (random(3) === 0) volume.set(x, y, z, 0);
      else volume.set(x + random(5) - 2, y, z + random(3) - 1, color(random));
      layers[at] = { ...layer, volume };
    }
  }
  return { ...project, layers };
}

/** Changes groups and what is in which of them. */
function randomRegrouping(project: Project, random: Random): Project {
  const layer = project.layers[random(project.layers.length)]!;
  const group = project.groups[random(project.groups.length + 1)];
  switch (random(group ? 6 : 2)) {
    case 0:
      return updateLayer(project, layer.id, { groupId: group?.id ?? null });
    case 1: {
      const fields = { name: `group ${random(99)}`, parentId: group?.id ?? null };
      const added = insertGroup(project, { ...fields, visible: random(3) > 0 });
      return updateLayer(added.project, layer.id, { groupId: added.group.id });
    }
    case 2:
      return updateGroup(project, group!.id, { name: ['', 'renamed'][random(2)]! });
    case 3:
      return updateGroup(project, group!.id, { visible: !group!.visible });
    case 4:
      return dissolveGroup(project, group!.id);
    default: {
      const inside = groupIds(project, group!.id);
      const others = project.groups.filter(({ id }) => !inside.has(id));
      return moveGroup(project, group!.id, others[random(others.length + 1)]?.id ?? null);
    }
  }
}

function read(bytes: Uint8Array): Project {
  return vox.read!(bytes, testContext());
}

function write(project: Project): Uint8Array {
  return vox.write!(project, testContext(), {});
}

const CASES = 40;
const seed = Number(process.env.VOX_SEED ?? Math.floor(Math.random() * 1e9));

test(`any project comes back from a file, layer by layer (VOX_SEED=${seed})`, () => {
  for (let i = 0; i < CASES; i++) {
    const project = randomProject(generator(seed + i));
    expect(plain(read(write(project))), `seed ${seed + i}`).toEqual(plain(project));
  }
});

test(`any scene is written back to the same bytes (VOX_SEED=${seed})`, () => {
  for (let i = 0; i < CASES; i++) {
    const bytes = randomVox(generator(seed + i));
    expect(Buffer.compare(write(read(bytes)), bytes), `seed ${seed + i}`).toBe(0);
  }
});

test(`any edits of any scene come back, and the file can be edited again (VOX_SEED=${seed})`, () => {
  for (let i = 0; i < CASES; i++) {
    const random = generator(seed + i);
    let project = read(randomVox(random));
    for (let round = 0; round < 3; round++) {
      for (let edits = 1 + random(4); edits > 0; edits--) {
        project = randomEdit(project, random);
        if (random(2) === 0) project = randomRegrouping(project, random);
      }
      const again = read(write(project));
      const message = `seed ${seed + i}, round ${round}`;
      const sorted = (one: Project) => {
        // An empty layer without a name may stand for a file without placements.
        const layers = one.layers.filter(({ name, volume }) => name !== '' || !volume.isEmpty);
        return plain({ ...one, layers }).sort();
      };
      expect(sorted(again), message).toEqual(sorted(project));
      project = again;
    }
  }
});
