import type { Position } from '../math/index.js';
import { Fields, plainWord, show } from './fields.js';
import {
  type Alignment,
  type Alignments,
  BUILD_LIMITS,
  type MirrorRule,
  type Placement,
  RELATION_WORDS,
  type Relation,
  type RelationWord,
  type Repeat,
  SIDES,
  type Side,
  sideAxis,
} from './part.js';
import { composePoses, HERE, type Pose, turnPose } from './pose.js';

const FAR = 1_000_000;
const SIDE_OF: Partial<Record<RelationWord, Side>> = {
  on: 'top',
  under: 'bottom',
  left_of: 'left',
  right_of: 'right',
  in_front_of: 'front',
  behind: 'back',
};
/** Other spellings of relations. */
const SYNONYMS: ReadonlyMap<string, RelationWord> = new Map([
  ['ontopof', 'on'],
  ['above', 'on'],
  ['below', 'under'],
  ['centeron', 'centered_on'],
  ['centredon', 'centered_on'],
  ['in', 'inside'],
]);

export const PLACE_WORDS = [...RELATION_WORDS, 'at', 'center', 'align', 'gap', 'offset', 'each'];

function relationWord(word: string): RelationWord | undefined {
  return RELATION_WORDS.find((known) => plainWord(known) === word) ?? SYNONYMS.get(word);
}

export function readPlacement(fields: Fields): Placement {
  const relations: Relation[] = [];
  const details: Fields[] = [];
  // `"inside":true` beside another relation says on which side of a wall.
  const inner = typeof fields.take('inside') === 'boolean' && fields.flag('inside');
  for (const word of fields.words()) {
    const relation = relationWord(word);
    const value = relation && fields.take(word);
    if (!relation || typeof value === 'boolean') continue;
    const isText = typeof value === 'string';
    const own = isText ? fields : new Fields(`${fields.label}: ${relation}`, value);
    if (!isText) details.push(own);
    relations.push({
      word: relation,
      part: isText ? value : own.text('part', own.take('part', 'of', 'name')),
      side:
        SIDE_OF[relation] ??
        own.oneOf('side', SIDES, own.take('side') ?? (relation === 'against' ? 'front' : 'right')),
      inner: isText ? inner : inner || own.flag('inside'),
    });
  }
  // A relation may carry what else is said about the place.
  const take = (word: string, ...others: string[]) => {
    const outer = fields.take(word, ...others);
    return details[0]?.take(word, ...others) ?? outer;
  };
  const at = fields.take('at', 'position', 'pos', 'min');
  const center = fields.take('center', 'centre');
  const offset = take('offset');
  const place: Placement = {
    at: at === undefined ? null : fields.position('at', at),
    center: center === undefined ? null : fields.vector('center', center),
    relations,
    align: readAlign(fields, take('align', 'alignment')),
    gap: fields.integer('gap', 0, -FAR, FAR, take('gap')),
    offset: offset === undefined ? [0, 0, 0] : fields.position('offset', offset),
    each: fields.flag('each', take('each')),
  };
  for (const own of details) {
    own.close('part', 'side', 'inside', 'align', 'gap', 'offset', 'each');
  }
  if ([place.at, place.center, relations[0]].filter((way) => way != null).length > 1) {
    fields.fail('give one of at, center, or a relation such as on');
  }
  return place;
}

const ENDS: ReadonlyMap<string, Alignment> = new Map([
  ['min', 'min'],
  ['start', 'min'],
  ['low', 'min'],
  ['center', 'center'],
  ['centre', 'center'],
  ['middle', 'center'],
  ['max', 'max'],
  ['end', 'max'],
  ['high', 'max'],
]);

/** `"front left"`, `["top"]`, `{"x":"min"}`. A word of a side says one axis; `center` says x and y, `middle` says z. */
function readAlign(fields: Fields, value: unknown): Alignments {
  const align: [Alignment | null, Alignment | null, Alignment | null] = [null, null, null];
  if (value === undefined) return align;
  if (typeof value === 'object' && !Array.isArray(value)) {
    for (const [key, word] of Object.entries(value as object)) {
      const end =
        typeof word === 'string' ? (ENDS.get(word.toLowerCase()) ?? sideEnd(word)) : undefined;
      if (!end) fields.fail(`align.${key} must be min, center or max, got ${show(word)}`);
      align[fields.axis('align', key)] = end!;
    }
    return align;
  }
  const words = Array.isArray(value) ? value : String(value).split(/[\s,-]+/);
  for (const word of words) {
    const plain = typeof word === 'string' ? plainWord(word) : '';
    const side = SIDES.find((known) => known === plain);
    if (side) {
      const { axis, high } = sideAxis(side);
      align[axis] = high ? 'max' : 'min';
    } else if (plain === 'center' || plain === 'centre') {
      align[0] ??= 'center';
      align[1] ??= 'center';
    } else if (plain === 'middle') align[2] = 'center';
    else fields.fail(`align takes ${SIDES.join(', ')}, center or middle, got ${show(word)}`);
  }
  return align;
}

function sideEnd(word: string): Alignment | undefined {
  const side = SIDES.find((known) => known === plainWord(word));
  return side && (sideAxis(side).high ? 'max' : 'min');
}

/** A number of degrees about z, or `{"x":90}`. */
export function readTurn(fields: Fields): Pose {
  const value = fields.take('rotate', 'rotation', 'turn');
  if (value === undefined) return HERE;
  const about = typeof value === 'number' ? { z: value } : value;
  const own = new Fields(`${fields.label}: rotate`, about);
  let pose = HERE;
  for (const axis of own.words()) {
    const degrees = own.number(axis, 0, -3600, 3600);
    if (degrees % 90 !== 0) own.fail(`a part turns by quarters, got ${degrees} degrees`);
    pose = composePoses(turnPose(own.axis('rotate', axis), degrees / 90), pose);
  }
  return pose;
}

export function readRepeat(fields: Fields): Repeat | null {
  const value = fields.take('repeat');
  if (value === undefined) return null;
  const own = new Fields(
    `${fields.label}: repeat`,
    typeof value === 'number' ? { count: value } : value,
  );
  const repeat = readRepeatRule(own);
  own.close(...REPEAT_WORDS[repeat.kind]);
  return repeat;
}

const REPEAT_WORDS: Readonly<Record<Repeat['kind'], readonly string[]>> = {
  steps: ['count', 'step'],
  row: ['along', 'count', 'gap', 'over', 'ends'],
  grid: ['grid', 'gap'],
  ring: ['ring', 'radius', 'start', 'around'],
  corners: ['corners_of', 'inset'],
  edges: ['edges_of', 'gap'],
};

function readRepeatRule(own: Fields): Repeat {
  const copies = (word: string, value: unknown) =>
    own.integer(word, 1, 1, BUILD_LIMITS.copies, value);
  const corners = own.take('corners_of', 'corners');
  if (corners !== undefined) {
    const inset = own.take('inset');
    return {
      kind: 'corners',
      of: own.text('corners_of', corners),
      inset: inset === undefined ? null : own.integer('inset', 0, -FAR, FAR, inset),
    };
  }
  const edges = own.take('edges_of', 'edges');
  if (edges !== undefined) {
    return { kind: 'edges', of: own.text('edges_of', edges), gap: own.integer('gap', 0, 0, FAR) };
  }
  const grid = own.take('grid');
  if (grid !== undefined) {
    const gap = own.take('gap') ?? 0;
    const counts = Array.isArray(grid) && grid.length === 2 ? [...grid, 1] : grid;
    return {
      kind: 'grid',
      counts: own.position('grid', counts).map((n) => copies('grid', n)) as unknown as Position,
      gap: own.position('gap', typeof gap === 'number' ? [gap, gap, gap] : gap),
    };
  }
  const ring = own.take('ring', 'circle');
  if (ring !== undefined) {
    const around = own.take('around');
    return {
      kind: 'ring',
      count: copies('ring', ring),
      radius: own.number('radius', 8, 0, FAR),
      start: own.number('start', 0, -3600, 3600),
      around: around === undefined ? null : own.text('around', around),
    };
  }
  const step = own.take('step');
  if (step !== undefined) {
    return {
      kind: 'steps',
      count: copies('count', own.take('count')),
      step: own.position('step', step),
    };
  }
  return readRow(own, copies);
}

function readRow(own: Fields, copies: (word: string, value: unknown) => number): Repeat {
  const along = own.oneOf(
    'along',
    ['x', 'y', 'z', '-x', '-y', '-z'],
    own.take('along', 'axis') ?? 'x',
  );
  const over = own.take('over', 'part');
  const count = own.take('count');
  if (count === undefined && over === undefined)
    own.fail('needs count, or the part that it goes over');
  return {
    kind: 'row',
    axis: 'xyz'.indexOf(along.at(-1)!) as 0 | 1 | 2,
    sign: along.startsWith('-') ? -1 : 1,
    count: count === undefined ? null : copies('count', count),
    gap: own.integer('gap', 0, -FAR, FAR),
    over: over === undefined ? null : own.text('over', over),
    ends: own.flag('ends'),
  };
}

/** `"x"`, `"xy"`, or `{"axis":"x","about":"hull"}`, `{"axis":"x","at":0}`. */
export function readMirror(fields: Fields): MirrorRule | null {
  const value = fields.take('mirror');
  if (value === undefined) return null;
  const own = new Fields(
    `${fields.label}: mirror`,
    typeof value === 'object' && !Array.isArray(value) ? value : { axis: value },
  );
  const given = own.take('axis', 'axes');
  const letters = typeof given === 'string' ? [...given] : [given].flat();
  const axes = [...new Set(letters.map((letter) => own.axis('axis', letter)))];
  const about = own.take('about', 'part');
  const plane = own.take('at', 'plane');
  const at = plane === undefined ? null : own.number('at', 0, -FAR, FAR, plane);
  if (at !== null && !Number.isInteger(at * 2)) own.fail(`at must be in steps of 0.5, got ${at}`);
  own.close('axis', 'about', 'at');
  return { axes, about: about === undefined ? null : own.text('about', about), plane: at };
}
