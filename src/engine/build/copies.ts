import type { Position } from '../math/index.js';
import { wrongPart } from './fields.js';
import { BUILD_LIMITS, type Part, type Repeat } from './part.js';
import { type Anchor, type FindAnchor, spread } from './place.js';

/** Where the copies of a part are: lowest corners, relative to the lowest of all. */
export interface Copies {
  readonly corners: readonly Position[];
  /** Around all of them. */
  readonly size: Position;
  /** Where the whole is along an axis, whatever the placement says; null: it is the placement's. */
  readonly fixed: readonly (number | null)[];
  /** Where the whole stands if no placement says it. */
  readonly stands: readonly (number | null)[];
}

const NOWHERE = [null, null, null] as const;

export function copiesOf(part: Part, size: Position, find: FindAnchor): Copies {
  const { repeat } = part;
  if (!repeat) return relative([[0, 0, 0]], size);
  const word = 'repeat';
  switch (repeat.kind) {
    case 'steps':
      return relative(
        times(repeat.count, (i) => repeat.step.map((s) => s * i) as unknown as Position),
        size,
      );
    case 'row':
      return row(part, repeat, size, repeat.over === null ? null : find(part, word, repeat.over));
    case 'grid': {
      const [nx, ny, nz] = repeat.counts;
      checkCount(part, nx * ny * nz);
      const step = size.map((s, i) => s + repeat.gap[i]!);
      return relative(
        times(nx * ny * nz, (i) => [
          (i % nx) * step[0]!,
          (Math.floor(i / nx) % ny) * step[1]!,
          Math.floor(i / (nx * ny)) * step[2]!,
        ]),
        size,
      );
    }
    case 'ring':
      return ring(repeat, size, repeat.around === null ? null : find(part, word, repeat.around));
    case 'corners':
      return cornersOf(repeat, size, find(part, word, repeat.of));
    case 'edges':
      return edgesOf(part, repeat, size, find(part, word, repeat.of));
  }
}

function times(count: number, make: (i: number) => Position): Position[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

function relative(
  places: readonly Position[],
  size: Position,
  {
    fixed = [false, false, false],
    stands = NOWHERE,
  }: { fixed?: boolean[]; stands?: readonly (number | null)[] } = {},
): Copies {
  const low = [0, 1, 2].map((i) =>
    places.reduce((least, place) => Math.min(least, place[i]!), Infinity),
  );
  const high = [0, 1, 2].map((i) =>
    places.reduce((most, place) => Math.max(most, place[i]!), -Infinity),
  );
  return {
    corners: places.map((place) => place.map((v, i) => v - low[i]!) as unknown as Position),
    size: high.map((v, i) => v - low[i]! + size[i]!) as unknown as Position,
    fixed: fixed.map((isFixed, i) => (isFixed ? low[i]! : null)),
    stands,
  };
}

function checkCount(part: Part, count: number): void {
  if (count >= 1 && count <= BUILD_LIMITS.copies) return;
  throw wrongPart(
    part.label,
    `repeat makes ${count} copies, allowed are 1 to ${BUILD_LIMITS.copies}`,
  );
}

type Kind<K extends Repeat['kind']> = Extract<Repeat, { kind: K }>;

function row(part: Part, repeat: Kind<'row'>, size: Position, over: Anchor | null): Copies {
  const { axis, sign, gap, ends } = repeat;
  const along = (offset: number) =>
    [0, 1, 2].map((i) => (i === axis ? offset : 0)) as unknown as Position;
  if (!over) {
    const step = (size[axis] + gap) * sign;
    return relative(
      times(repeat.count!, (i) => along(i * step)),
      size,
    );
  }
  const length = over.box.max[axis] - over.box.min[axis];
  const step = Math.max(1, size[axis] + gap);
  const fit = ends ? Math.floor((length + gap) / step) : Math.floor((length - gap) / step);
  const count = repeat.count ?? Math.max(1, fit);
  checkCount(part, count);
  const places = spread(length, size[axis], count, ends).map((v) => along(over.box.min[axis] + v));
  return relative(places, size, { fixed: [0, 1, 2].map((i) => i === axis) });
}

function ring(
  { count, radius, start }: Kind<'ring'>,
  size: Position,
  around: Anchor | null,
): Copies {
  // Rounded away from the middle on both sides, so that a ring is symmetrical.
  const round = (v: number) => Math.sign(v) * Math.round(Math.abs(v) + 1e-9) + 0;
  const places = times(count, (i) => {
    const angle = ((start + (360 * i) / count) * Math.PI) / 180;
    return [round(Math.cos(angle) * radius), round(Math.sin(angle) * radius), 0];
  });
  if (!around) return relative(places, size);
  const { min, max } = around.box;
  const moved = places.map(
    ([x, y]): Position => [
      min[0] + Math.floor((max[0] - min[0] - size[0]) / 2) + x,
      min[1] + Math.floor((max[1] - min[1] - size[1]) / 2) + y,
      0,
    ],
  );
  return relative(moved, size, { fixed: [true, true, false], stands: [null, null, min[2]] });
}

/** Centred on the corners, or inside them by `inset`. */
function cornersOf({ inset }: Kind<'corners'>, size: Position, { box }: Anchor): Copies {
  const ends = (i: 0 | 1): [number, number] => {
    const out = inset === null ? Math.floor(size[i] / 2) : -inset;
    return [box.min[i] - out, box.max[i] + out - size[i]];
  };
  const [x, y] = [ends(0), ends(1)];
  const places: Position[] = [
    [x[0], y[0], 0],
    [x[1], y[0], 0],
    [x[1], y[1], 0],
    [x[0], y[1], 0],
  ];
  return relative(places, size, { fixed: [true, true, false], stands: [null, null, box.min[2]] });
}

/** Along the four edges of the box, inside, from corner to corner. */
function edgesOf(part: Part, { gap }: Kind<'edges'>, size: Position, { box }: Anchor): Copies {
  const starts = ([0, 1] as const).map((i) => {
    const length = box.max[i] - box.min[i];
    const count = Math.max(1, Math.floor((length + gap) / (size[i] + gap)));
    checkCount(part, count);
    return spread(length, size[i], count, true).map((v) => box.min[i] + v);
  });
  const [xs, ys] = starts as [number[], number[]];
  const places = new Map<string, Position>();
  const add = (x: number, y: number) => places.set(`${x},${y}`, [x, y, 0]);
  for (const x of xs) for (const y of [ys[0]!, ys.at(-1)!]) add(x, y);
  for (const y of ys) for (const x of [xs[0]!, xs.at(-1)!]) add(x, y);
  checkCount(part, places.size);
  return relative([...places.values()], size, {
    fixed: [true, true, false],
    stands: [null, null, box.min[2]],
  });
}
