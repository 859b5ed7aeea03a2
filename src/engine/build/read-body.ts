import type { Box, Position } from '../math/index.js';
import { SHAPE_WORDS, type ShapeAxis } from '../shape/index.js';
import { type Fields, plainWord, show } from './fields.js';
import { writeLetters } from './letters.js';
import { type Body, BUILD_LIMITS, SIDES } from './part.js';
import { readColor, type ToColor } from './read-color.js';

/** The words of which a part has one: what it is. `use` and `group` are read by the caller. */
export const BODY_WORDS = [
  'shape',
  'text',
  'pixels',
  'voxels',
  'stroke',
  'sdf',
  'stamp',
  'fill',
  'group',
  'use',
] as const;

const SIZE_MAX = 100_000;
/** A shape without a size, as elsewhere in the protocol. */
const SIZE_DEFAULT = 10;
const PLANES = ['xz', 'xy', 'yz'] as const;

export function readShape(fields: Fields): Body {
  const word = fields.take('shape') ?? 'box';
  const kind = shapeOf(word);
  if (kind === undefined || kind === 'line') {
    const available = Object.keys(SHAPE_WORDS).filter((name) => name !== 'line');
    return fields.fail(`shape ${show(word)} is unknown; there are ${available.join(', ')}`, {
      available,
    });
  }
  const axis = fields.oneOf('axis', ['x', 'y', 'z', '-x', '-y', '-z'], fields.take('axis') ?? 'z');
  const hollow = fields.take('hollow', 'wall', 'wall_thickness') ?? (kind === 'tube' ? 1 : false);
  const open = [fields.take('open') ?? []].flat().map((side) => fields.oneOf('open', SIDES, side));
  if (open.length > 0 && kind !== 'box') fields.fail('only a box can be open; use tube or dome');
  const wall =
    typeof hollow === 'number' ? hollow : open.length > 0 || fields.flag('hollow', hollow) ? 1 : 0;
  return {
    kind: 'shape',
    shape: kind,
    size: readSize(fields, axis),
    axis,
    wall: wall > 0 ? fields.integer('hollow', 1, 1, SIZE_MAX, wall) : null,
    open,
  };
}

function shapeOf(word: unknown) {
  if (typeof word !== 'string' || !Object.hasOwn(SHAPE_WORDS, plainWord(word))) return undefined;
  return SHAPE_WORDS[plainWord(word)];
}

function readSize(fields: Fields, axis: ShapeAxis): Position {
  const up = 'xyz'.indexOf(axis.at(-1)!);
  const size = fields.take('size', 'dimensions');
  const radius = fields.take('radius');
  const height = fields.take('height', 'length');
  const across =
    radius === undefined ? undefined : 2 * fields.number('radius', 0, 0.5, SIZE_MAX, radius);
  const given =
    size === undefined
      ? undefined
      : typeof size === 'number'
        ? [size, size, size]
        : fields.vector('size', size);
  return [0, 1, 2].map((i) => {
    const fallback = across ?? given?.[i] ?? SIZE_DEFAULT;
    const wanted = i === up ? (height ?? given?.[i] ?? fallback) : fallback;
    return (
      fields.integer(
        i === up && height !== undefined ? 'height' : 'size',
        0,
        0.5,
        SIZE_MAX,
        wanted,
      ) || 1
    );
  }) as unknown as Position;
}

export function readSdf(fields: Fields): Body {
  if (!fields.has('size')) {
    fields.fail('sdf needs size [x,y,z]: the box that it is drawn in; [0,0,0] of it is the middle');
  }
  return { kind: 'sdf', expression: fields.take('sdf'), size: readSize(fields, 'z') };
}

export function readStroke(fields: Fields): Body {
  const list = fields.take('stroke', 'points') ?? [fields.take('from'), fields.take('to')];
  if (!Array.isArray(list) || list.length === 0 || list.length > BUILD_LIMITS.points) {
    return fields.fail(`stroke takes 1 to ${BUILD_LIMITS.points} points`);
  }
  const points = list.map((point, i) => fields.position(`stroke[${i}]`, point));
  if (fields.flag('closed')) points.push(points[0]!);
  const radius = fields.number('radius', 0.5, 0, SIZE_MAX);
  return { kind: 'stroke', points, diameter: Math.max(1, 2 * radius) };
}

/** `[x,y,z]` or `[x,y,z,color]` each. */
export function readVoxels(fields: Fields, toColor: ToColor): Body {
  const list = fields.take('voxels');
  if (!Array.isArray(list) || list.length === 0 || list.length > BUILD_LIMITS.boxes) {
    return fields.fail(`voxels takes 1 to ${BUILD_LIMITS.boxes} positions`);
  }
  const boxes = list.map((item, i) => {
    const [x, y, z] = fields.position(
      `voxels[${i}]`,
      Array.isArray(item) ? item.slice(0, 3) : item,
    );
    const own = Array.isArray(item) ? item[3] : (item as { color?: unknown }).color;
    const color = own === undefined ? 0 : readColor(fields.label, own, toColor);
    return { box: { min: [x, y, z], max: [x + 1, y + 1, z + 1] } as Box, color };
  });
  return { kind: 'boxes', boxes };
}

export function readText(fields: Fields): Body {
  const rows = writeLetters(fields.text('text').slice(0, 1000));
  return drawRows(fields, rows, (letter) => (letter === '#' ? 0 : null));
}

/** Rows of a picture from the top; `colors` says what the letters are. A blank, a dot and an underscore are nothing. */
export function readPixels(fields: Fields, toColor: ToColor): Body {
  const given = fields.take('pixels');
  const rows = typeof given === 'string' ? given.split('\n') : given;
  if (!Array.isArray(rows) || !rows.every((row) => typeof row === 'string')) {
    return fields.fail('pixels takes rows of letters from the top, like ["#.#","###"]');
  }
  const legend = new Map<string, number>();
  for (const [letter, color] of Object.entries((fields.take('colors', 'legend') ?? {}) as object)) {
    legend.set(letter, readColor(fields.label, color, toColor));
  }
  return drawRows(
    fields,
    rows,
    (letter) =>
      legend.get(letter) ?? (letter === ' ' || letter === '.' || letter === '_' ? null : 0),
  );
}

function drawRows(
  fields: Fields,
  rows: readonly string[],
  colorOf: (letter: string) => number | null,
): Body {
  const plane = fields.oneOf('plane', PLANES, fields.take('plane') ?? 'xz');
  const scale = fields.integer('scale', 1, 1, 256);
  const depth = fields.integer('depth', 1, 1, SIZE_MAX);
  const boxes: { box: Box; color: number }[] = [];
  rows.forEach((row, i) => {
    [...row].forEach((letter, column) => {
      const color = colorOf(letter);
      if (color === null) return;
      const u = column * scale;
      const v = (rows.length - 1 - i) * scale;
      boxes.push({ box: pixelBox(plane, u, v, scale, depth), color });
    });
  });
  if (boxes.length === 0) fields.fail('nothing is drawn: no pixel is set');
  if (boxes.length > BUILD_LIMITS.boxes) fields.fail(`at most ${BUILD_LIMITS.boxes} pixels`);
  return { kind: 'boxes', boxes };
}

function pixelBox(plane: string, u: number, v: number, scale: number, depth: number): Box {
  switch (plane) {
    case 'xy':
      return { min: [u, v, 0], max: [u + scale, v + scale, depth] };
    case 'yz':
      return { min: [0, u, v], max: [depth, u + scale, v + scale] };
    default:
      return { min: [u, 0, v], max: [u + scale, depth, v + scale] };
  }
}

export function readFill(fields: Fields): Body {
  const target = fields.take('fill');
  const height = fields.take('height');
  return {
    kind: 'fill',
    target: typeof target === 'string' ? target : fields.position('fill', target),
    height: height === undefined ? null : fields.integer('height', 1, 1, SIZE_MAX, height),
  };
}
