import type { Color } from '../../engine/index.js';
import { boxSize } from '../../engine/index.js';
import type { LookRequest, LookScene } from './request.js';
import { ADDED, ENCLOSED, type PreparedLook, RECOLORED, REMOVED } from './scene.js';

/** A fact below a look; with a colour, what that colour means in it. */
export interface CaptionItem {
  readonly text: string;
  readonly color: Color | null;
}

/** Where the highlighted box is drawn in. */
export const HIGHLIGHT: Color = 0xff8800e0;

/** The facts below a look: what it is of, how large that is, and what its colours and lines mean. */
export function captionOf(
  prepared: PreparedLook,
  scene: LookScene,
  { name, comparedWith }: Pick<LookRequest, 'name' | 'comparedWith'>,
): CaptionItem[] {
  const items: CaptionItem[] = [];
  const say = (text: string, color: Color | null = null) => items.push({ text, color });
  if (name !== '') say(name);
  const { voxels, changes, enclosed } = prepared;
  const box = prepared.whole.box();
  if (box) {
    const span = (axis: 0 | 1 | 2) => `${box.min[axis]}..${box.max[axis] - 1}`;
    say(`x ${span(0)}  y ${span(1)}  z ${span(2)}`);
    say(boxSize(box).join('×'));
    say(`${voxels} ${voxels === 1 ? 'voxel' : 'voxels'}`);
  } else say(scene.region ? 'empty: no voxel in this region' : 'empty: no visible voxel');
  if (scene.region && box && voxels < prepared.around.count) say('only a region is shown');
  if (scene.section) sayCut(prepared, scene, say);
  if (changes) {
    say(`since ${comparedWith}:`);
    say(`${changes.added} added`, ADDED);
    say(`${changes.removed} removed`, REMOVED);
    say(`${changes.recolored} recolored`, RECOLORED);
  }
  if (scene.xray) {
    if (enclosed === null) say('x-ray (too large to search for enclosed space)');
    else if (enclosed === 0) say('x-ray: no enclosed space');
    else say(`x-ray: enclosed empty space, ${enclosed} voxels`, ENCLOSED);
  }
  for (const { label } of scene.highlight) say(label, HIGHLIGHT);
  return items;
}

function sayCut(
  { scene }: PreparedLook,
  { section }: LookScene,
  say: (text: string) => void,
): void {
  const { axis, at, keeps } = section!;
  const name = 'xyz'[axis];
  const gone = keeps === 'below' ? `${name} > ${at}` : `${name} < ${at}`;
  say(`section: ${gone} cut away, cut hatched`);
  if (!scene.box) say('nothing is left of it');
}
