import { makeLayer, makeProject, type Project, rgba, Volume } from '../../src/engine/index.js';
import {
  composeLook,
  gatherLook,
  type Image,
  type LookPlan,
  type LookRequest,
  type LookScene,
  panelBytes,
  panelImage,
  prepareLook,
  renderTile,
} from '../../src/render/index.js';
import { box, house, projectOf, YELLOW } from './scenes.js';

/** Things to look at, and what a look is asked for. */

export function lookRequest(fields: Partial<LookRequest> = {}): LookRequest {
  return {
    views: null,
    tokens: 250,
    region: null,
    layerIds: null,
    section: null,
    xray: false,
    highlight: [],
    name: 'Test rev 3',
    comparedWith: null,
    ...fields,
  };
}

/** Draws what a plan says of another scene, in bands of so many rows. */
export function drawPlanned(
  project: Project,
  plan: LookPlan,
  {
    scene = plan.scene,
    before = null,
    rows = 10_000,
  }: { scene?: LookScene; before?: Project | null; rows?: number } = {},
): Image {
  const prepared = prepareLook(gatherLook(project, before, scene), scene);
  const images = plan.panels.map(({ view, settings }) => {
    const image = panelImage(new ArrayBuffer(panelBytes(view)), view);
    for (let y0 = 0; y0 < view.height; y0 += rows) {
      const tile = { x0: 0, y0, x1: view.width, y1: y0 + rows };
      renderTile(prepared.scene, view, settings, tile, image.pixels, image.hits);
    }
    return image;
  });
  return composeLook({ ...plan, scene }, prepared, images);
}

/** 3 × 5 × 7 voxels with gaps, each of another colour, away from zero. */
export function tiny(): Project {
  const volume = new Volume();
  for (let z = 0; z < 7; z++) {
    for (let y = 0; y < 5; y++) {
      for (let x = 0; x < 3; x++) {
        if ((x * 7 + y * 3 + z * 5) % 4 === 0) continue;
        volume.set(x + 1, y - 2, z + 3, rgba(60 + x * 80, 40 + y * 45, 30 + z * 30));
      }
    }
  }
  return projectOf(volume);
}

/** The house with walls two voxels thick and a closed room, in which there is a chest. */
export function houseWithRoom(): Volume {
  const volume = house();
  box(volume, [-7, -5, 0], [7, 9, 9], rgba(200, 170, 120));
  box(volume, [-5, -3, 1], [5, 7, 8], 0);
  box(volume, [-1, 1, 1], [2, 4, 3], YELLOW);
  return volume;
}

/** That house after work: a part of the roof is gone, there is a shed, a brown door, and a lamp in the room. */
export function rebuiltHouse(): Volume {
  const volume = houseWithRoom();
  box(volume, [-10, -8, 10], [0, 12, 14], 0);
  box(volume, [10, 8, 0], [16, 14, 12], rgba(90, 90, 200));
  box(volume, [-2, -6, 0], [2, -5, 6], rgba(90, 40, 20));
  box(volume, [-4, 5, 1], [-3, 6, 5], rgba(200, 10, 10));
  return volume;
}

/** A face of 64 × 64 × 1 voxels. */
export function flatFace(): Project {
  const volume = new Volume();
  for (let y = 0; y < 64; y++) {
    for (let x = 0; x < 64; x++) {
      const from = (cx: number, cy: number) => (x - cx) ** 2 + (y - cy) ** 2;
      const radius = from(31.5, 31.5);
      if (radius >= 1024) continue;
      const isEye = from(21, 40) < 16 || from(42, 40) < 16;
      const isMouth = radius > 200 && radius < 330 && y < 28;
      const skin = isMouth ? rgba(160, 30, 30) : rgba(250, 210, 50);
      volume.set(x, y, 0, radius > 760 || isEye ? rgba(24, 24, 32) : skin);
    }
  }
  return projectOf(volume);
}

/** Boxes of almost black. */
export function darkTower(): Project {
  const volume = new Volume();
  box(volume, [0, 0, 0], [20, 12, 6], rgba(14, 14, 18));
  box(volume, [4, 3, 6], [14, 9, 12], rgba(20, 18, 26));
  box(volume, [6, -1, 2], [9, 0, 5], rgba(40, 8, 8));
  box(volume, [2, 2, 12], [16, 10, 13], rgba(8, 8, 8));
  return projectOf(volume);
}

/** Hills of 128 × 128 × 80 voxels, with a tower. */
export function hills(): Project {
  const volume = new Volume();
  const tints = [rgba(200, 180, 120), rgba(80, 150, 60), rgba(236, 238, 240)];
  const wave = (at: number, length: number) => Math.abs((at % length) - length / 2);
  for (let y = 0; y < 128; y++) {
    for (let x = 0; x < 128; x++) {
      const height = Math.floor(8 + wave(x + y, 96) / 2 + wave(300 + 2 * x - y, 140) / 2);
      const tint = tints[height > 46 ? 2 : height > 20 ? 1 : 0]!;
      volume.fillBox({ min: [x, y, 0], max: [x + 1, y + 1, height] }, tint);
    }
  }
  box(volume, [60, 40, 0], [68, 48, 80], rgba(120, 120, 130));
  return projectOf(volume);
}

export function emptyProject(): Project {
  return makeProject({ layers: [makeLayer({ id: 1 })] });
}
