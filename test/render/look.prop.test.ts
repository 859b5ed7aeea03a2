import { describe, expect, it } from 'vitest';
import { countColors, type Project, rgba, Volume } from '../../src/engine/index.js';
import {
  drawLook,
  FACE_VIEWS,
  gatherLook,
  type HitBuffers,
  LOOK_SIDE_MAX,
  LOOK_VIEWS,
  type LookPanel,
  type LookScene,
  PIXELS_PER_TOKEN,
  panelBytes,
  panelImage,
  planLook,
  prepareLook,
  renderTile,
} from '../../src/render/index.js';
import { random } from '../helpers/random.js';
import { drawPlanned, houseWithRoom, lookRequest, rebuiltHouse } from './looks.js';
import { projectOf } from './scenes.js';

const SEEDS = [1, 2, 3, 4, 5];

/** A few hundred voxels in a box of some size, somewhere. */
function scattered(seed: number): Project {
  const next = random(seed);
  const size = [3 + next() * 14, 3 + next() * 14, 3 + next() * 14].map(Math.floor);
  const start = [next() * 60 - 30, next() * 60 - 30, next() * 60 - 30].map(Math.floor);
  const volume = new Volume();
  for (let i = 0; i < 200; i++) {
    const [x, y, z] = size.map((side, a) => start[a]! + Math.floor(next() * side));
    volume.set(x!, y!, z!, rgba(next() * 256, next() * 256, next() * 256));
  }
  return projectOf(volume);
}

function hitsOf(project: Project, panel: LookPanel, scene: LookScene): HitBuffers {
  const prepared = prepareLook(gatherLook(project, null, scene), scene);
  const image = panelImage(new ArrayBuffer(panelBytes(panel.view)), panel.view);
  const { width, height } = panel.view;
  const tile = { x0: 0, y0: 0, x1: width, y1: height };
  renderTile(prepared.scene, panel.view, panel.settings, tile, image.pixels, image.hits);
  return image.hits;
}

describe('what a straight view says of its pixels', () => {
  it.each(SEEDS)('is where the voxels are, seed %i', (seed) => {
    const project = scattered(seed);
    const { volume } = project.layers[0]!;
    const { plan } = planLook(project, null, lookRequest({ views: FACE_VIEWS, tokens: 600 }));
    const { min, max } = plan.frame;
    for (const panel of plan.panels) {
      const { columns, rows } = panel.ruled!;
      const hits = hitsOf(project, panel, plan.scene);
      const c = 'xyz'.indexOf(columns.axis);
      const r = 'xyz'.indexOf(rows.axis);
      const away = 3 - c - r;
      const seen: string[] = [];
      const there: string[] = [];
      for (let u = min[c]!; u < max[c]!; u++) {
        for (let v = min[r]!; v < max[r]!; v++) {
          const px = Math.floor(columns.pixel + (u + 0.5 - columns.at) * columns.pixelsPerVoxel);
          const py = Math.floor(rows.pixel + (v + 0.5 - rows.at) * rows.pixelsPerVoxel);
          const pixel = (py - panel.place.y) * panel.view.width + px - panel.place.x;
          if (hits.depth[pixel] !== Number.POSITIVE_INFINITY) seen.push(`${u},${v}`);
          const at = [0, 0, 0];
          at[c] = u;
          at[r] = v;
          for (at[away] = min[away]!; at[away]! < max[away]!; at[away]!++) {
            if (volume.get(at[0]!, at[1]!, at[2]!) === 0) continue;
            there.push(`${u},${v}`);
            break;
          }
        }
      }
      expect(seen, panel.title).toEqual(there);
    }
  });
});

describe('the bytes of a look', () => {
  it.each([1, 7, 64])('are the same in bands of %i rows', (rows) => {
    const before = projectOf(houseWithRoom());
    const after = projectOf(rebuiltHouse());
    const request = lookRequest({
      section: { axis: 0, at: 2, keeps: 'below' },
      xray: true,
      comparedWith: 'rev 2',
    });
    const whole = drawLook(after, request, before);
    const again = drawPlanned(after, whole.plan, { before, rows });
    expect(Buffer.compare(whole.pixels, again.pixels)).toBe(0);
  });

  it('are those of the whole when the section is at the end of the model', () => {
    const project = projectOf(houseWithRoom());
    const whole = drawLook(project, lookRequest({ views: LOOK_VIEWS, tokens: 900 }));
    const { min, max } = whole.plan.frame;
    for (const axis of [0, 1, 2] as const) {
      for (const keeps of ['below', 'above'] as const) {
        const at = keeps === 'below' ? max[axis] - 1 : min[axis];
        const scene = { ...whole.plan.scene, section: { axis, at, keeps } };
        const cut = drawPlanned(project, whole.plan, { scene });
        expect(Buffer.compare(cut.pixels, whole.pixels), `${axis} ${keeps}`).toBe(0);
        const deeper = {
          ...scene,
          section: { axis, at: at + (keeps === 'below' ? -3 : 3), keeps },
        };
        const cutDeeper = drawPlanned(project, whole.plan, { scene: deeper });
        expect(Buffer.compare(cutDeeper.pixels, whole.pixels)).not.toBe(0);
      }
    }
  });
});

describe('a comparison', () => {
  const compare = (after: Project, before: Project) =>
    planLook(after, before, lookRequest({ comparedWith: 'rev 2' }));

  it('with itself marks nothing', () => {
    const { plan, prepared } = compare(projectOf(houseWithRoom()), projectOf(houseWithRoom()));
    expect(plan.changes).toEqual({ added: 0, removed: 0, recolored: 0, box: null });
    const colors = countColors(prepared.whole).sorted();
    const channels = colors.map(({ color }) =>
      [color, color >>> 8, color >>> 16].map((v) => v & 255),
    );
    expect(channels.filter(([r, g, b]) => r !== g || g !== b)).toEqual([]);
  });

  it('counts what it marks', () => {
    const { plan, prepared } = compare(projectOf(rebuiltHouse()), projectOf(houseWithRoom()));
    const counts = new Map(
      countColors(prepared.whole)
        .sorted()
        .map((row) => [row.color, row.count]),
    );
    const { added, removed, recolored } = plan.changes!;
    const marks = plan.caption.flatMap(({ color }) => (color === null ? [] : [counts.get(color)]));
    expect(marks).toEqual([added, removed, recolored]);
    expect(prepared.whole.count).toBe(plan.voxels + removed);
  });
});

describe('the size of a look', () => {
  it.each(SEEDS)('is never more than asked for, seed %i', (seed) => {
    const next = random(seed * 77);
    for (let i = 0; i < 12; i++) {
      const side = () => Math.ceil(2 ** (next() * 10));
      const volume = new Volume();
      volume.fillBox({ min: [0, 0, 0], max: [side(), side(), side()] }, rgba(200, 100, 50));
      const tokens = Math.floor(200 + next() ** 3 * 5133);
      const count = 1 + Math.floor(next() * 6);
      const views = Array.from(
        { length: count },
        () => LOOK_VIEWS[Math.floor(next() * LOOK_VIEWS.length)]!,
      );
      const { plan } = planLook(projectOf(volume), null, lookRequest({ views, tokens }));
      const { width, height } = plan.layout;
      expect(width * height).toBeLessThanOrEqual(tokens * PIXELS_PER_TOKEN);
      expect(Math.max(width, height)).toBeLessThanOrEqual(LOOK_SIDE_MAX);
      for (const { place } of plan.panels) {
        expect(Math.min(place.x, place.y, place.width - 1, place.height - 1)).toBeGreaterThan(0);
        expect(place.x + place.width).toBeLessThanOrEqual(width);
        expect(place.y + place.height).toBeLessThanOrEqual(plan.layout.captionY);
      }
    }
  });
});
