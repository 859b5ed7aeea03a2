import type { Color, Vec3 } from '../../engine/index.js';
import { Canvas, type Rect } from '../canvas.js';
import { findCut } from '../cuts.js';
import { fitText, GLYPH_HEIGHT, textWidth } from '../font.js';
import { drawCut, drawOutlines } from '../outlines.js';
import { makeProjector, pixelsPerVoxel } from '../projector.js';
import type { HitBuffers, Image } from '../tile.js';
import { HIGHLIGHT } from './caption.js';
import { itemWidth, SWATCH, titleHeight } from './layout.js';
import { drawMeasures } from './measures.js';
import type { LookPanel } from './panel.js';
import type { LookPlan } from './plan.js';
import { drawGrid, drawRulers } from './rulers.js';
import type { PreparedLook } from './scene.js';

const PAPER: Color = 0xfff4f2f0;
const PANEL: Color = 0xffe2dcd6;
const FRAME: Color = 0xffb4aca4;
const INK: Color = 0xff2a241e;
const FAINT_INK: Color = 0xff8c8278;

/** The rendered picture of one panel, and what its pixels hit. */
export interface PanelImage extends Image {
  readonly hits: HitBuffers;
}

/**
 * Draws the picture of a look from its rendered panels: lines and marks, grids, rulers, titles and caption. Writes on the
 * panels. About 60 ns a pixel.
 */
export function composeLook(
  plan: LookPlan,
  prepared: PreparedLook,
  images: readonly PanelImage[],
): Image {
  const { layout } = plan;
  const canvas = new Canvas(layout.width, layout.height, PAPER);
  plan.panels.forEach((panel, i) => {
    drawPanel(canvas, plan, panel, prepared, images[i]!);
  });
  drawCaption(canvas, plan);
  return canvas;
}

function drawPanel(
  canvas: Canvas,
  plan: LookPlan,
  panel: LookPanel,
  prepared: PreparedLook,
  image: PanelImage,
): void {
  const { place, ruled } = panel;
  const { textScale } = plan.layout;
  canvas.fill(place, PANEL);
  if (ruled) drawGrid(canvas, place, ruled, textScale);
  drawLines(panel, prepared, image);
  canvas.draw(image, place.x, place.y);
  canvas.within(place, () => {
    for (const { box } of plan.scene.highlight) drawBox(canvas, panel, box.min, box.max);
    if (!ruled) drawMeasures(canvas, panel, plan.frame, textScale);
  });
  canvas.frame(grown(place), FRAME);
  if (ruled) drawRulers(canvas, place, ruled, plan.frame, textScale);
  drawTitle(canvas, panel, textScale);
}

/** Its name, and where it is seen from when there is room for that. */
function drawTitle(canvas: Canvas, { title, from, place }: LookPanel, textScale: 1 | 2): void {
  const y = place.y - titleHeight(textScale) + 2 * textScale;
  const name = fitText(title, place.width, textScale);
  canvas.text(place.x, y, name, INK, textScale);
  const rest = place.x + textWidth(`${name} `, textScale);
  if (rest + textWidth(from, textScale) > place.x + place.width) return;
  canvas.text(rest, y, from, FAINT_INK, textScale);
}

function grown({ x, y, width, height }: Rect): Rect {
  return { x: x - 1, y: y - 1, width: width + 2, height: height + 2 };
}

function drawLines({ view, settings }: LookPanel, prepared: PreparedLook, image: PanelImage): void {
  drawOutlines(image, image.hits, pixelsPerVoxel(view));
  const { kept, whole, around, scene } = prepared;
  if (!kept) return;
  drawCut(
    image,
    findCut({ parts: [whole, around], kept, scene }, view, image.hits, settings.antialias),
  );
}

/** The twelve edges of a box. */
function drawBox(canvas: Canvas, { view, place }: LookPanel, min: Vec3, max: Vec3): void {
  const project = makeProjector(view);
  const corner = (bits: number): Vec3 => [
    bits & 1 ? max[0] : min[0],
    bits & 2 ? max[1] : min[1],
    bits & 4 ? max[2] : min[2],
  ];
  for (let bits = 0; bits < 8; bits++) {
    for (const axis of [1, 2, 4]) {
      if (bits & axis) continue;
      const from = project(corner(bits));
      const to = project(corner(bits | axis));
      if (!from || !to) continue;
      canvas.line(
        [place.x + from[0] - 0.5, place.y + from[1] - 0.5],
        [place.x + to[0] - 0.5, place.y + to[1] - 0.5],
        HIGHLIGHT,
        { width: 2 },
      );
    }
  }
}

function drawCaption(canvas: Canvas, { layout, caption }: LookPlan): void {
  const { textScale, captionRows, captionY } = layout;
  captionRows.forEach((items, row) => {
    const y = captionY + row * titleHeight(textScale);
    let x = 7;
    for (const i of items) {
      const { text, color } = caption[i]!;
      const inset = color === null ? 0 : SWATCH * textScale;
      if (color !== null) drawSwatch(canvas, x, y, color, textScale);
      canvas.text(
        x + inset,
        y,
        fitText(text, canvas.width - x - inset - 4, textScale),
        INK,
        textScale,
      );
      x += inset + textWidth(text, textScale) + itemWidth(0, textScale) - SWATCH * textScale;
    }
  });
}

function drawSwatch(canvas: Canvas, x: number, y: number, color: Color, scale: number): void {
  const side = (GLYPH_HEIGHT - 1) * scale;
  canvas.fill({ x, y, width: side, height: side + scale }, (color | 0xff000000) >>> 0);
}
