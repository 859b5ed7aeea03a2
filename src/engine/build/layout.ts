import { GoxelError } from '../../base/index.js';
import {
  type Box,
  boxSize,
  boxVolume,
  COORDINATE_MAX,
  COORDINATE_MIN,
  type Position,
  uniteBoxes,
} from '../math/index.js';
import { copiesOf } from './copies.js';
import { plainWord, wrongPart } from './fields.js';
import { type Body, BUILD_LIMITS, type Part, type Side, sideAxis } from './part.js';
import { type Anchor, type FindAnchor, placeAt } from './place.js';
import { composePoses, mirrorPose, movePose, type Pose, poseBox } from './pose.js';

/** A part with its place. */
export interface PlacedPart {
  readonly part: Part;
  /** In the part's own coordinates. */
  readonly own: Box;
  /** One for each copy: from own coordinates to those of the build, or of the group that it is in. */
  readonly poses: readonly Pose[];
  /** Around all copies. */
  readonly box: Box;
  readonly copies: readonly Box[];
  /** Of a group. */
  readonly children: readonly PlacedPart[];
  /** What a stamp copies and a fill fills. */
  readonly source: Anchor | null;
}

/** What a build knows before it begins. */
export interface Surroundings {
  /** Named parts of earlier builds. */
  readonly known: ReadonlyMap<string, Anchor>;
  /** Around all voxels that are there; null: none. */
  readonly model: Box | null;
  /** The id of the layer of a part. */
  readonly layerIdOf: (part: Part) => number;
  readonly nearest: (word: string, known: readonly string[]) => readonly string[];
}

export interface Layout {
  readonly placed: readonly PlacedPart[];
  /** By name: what later builds can place parts at. Parts of a group as `group.part`. */
  readonly anchors: ReadonlyMap<string, Anchor>;
  /** Cells of the boxes of all that will be drawn. */
  readonly cells: number;
}

/** The plane z = 0 about the origin, and the box of everything there is. */
const GROUND = 'ground';
const MODEL = 'model';

/**
 * Gives every part its place, in order. Draws nothing; O(copies).
 *
 * @throws GoxelError `invalid_params` for a part that cannot be placed, `limit_exceeded`.
 */
export function layOut(parts: readonly Part[], surroundings: Surroundings): Layout {
  const scope = new Scope(surroundings, surroundings.known);
  const placed = parts.map((part) => scope.place(part));
  return { placed, anchors: scope.anchors, cells: scope.cells };
}

class Scope {
  readonly anchors = new Map<string, Anchor>();
  cells = 0;
  readonly #surroundings: Surroundings;
  readonly #known: ReadonlyMap<string, Anchor>;
  #built: Box | null = null;

  constructor(surroundings: Surroundings, known: ReadonlyMap<string, Anchor>) {
    this.#surroundings = surroundings;
    this.#known = known;
  }

  place(part: Part): PlacedPart {
    const layerId = this.#surroundings.layerIdOf(part);
    const inside = part.body.kind === 'group' ? new Scope(this.#surroundings, new Map()) : null;
    const children =
      part.body.kind === 'group' ? part.body.parts.map((child) => inside!.place(child)) : [];
    const source = this.#sourceOf(part);
    const own = source ? sourceBox(part.body, source) : ownBox(part, children);
    const poses = this.#mirrored(part, own, this.#poses(part, own));
    const copies = poses.map((pose) => poseBox(pose, own));
    const box = copies.reduce<Box | null>(uniteBoxes, null)!;
    this.#check(part, box, copies, (inside?.cells ?? 0) * copies.length);
    this.#built = uniteBoxes(this.#built, box);
    const anchor = { box, inner: innerBox(part.body, poses[0]!), copies, layerId };
    this.#name(part, anchor, inside, poses[0]!);
    return { part, own, poses, box, copies, children, source };
  }

  readonly #find: FindAnchor = (part, word, name) => {
    const plain = plainWord(name);
    const exact = this.anchors.get(name) ?? this.#known.get(name);
    if (exact) return exact;
    const all = new Map([...this.#known, ...this.anchors]);
    const loose = [...all].findLast(([known]) => plainWord(known) === plain);
    if (loose) return loose[1];
    if (plain === GROUND || plain === 'floor') return standIn({ min: [0, 0, 0], max: [0, 0, 0] });
    if (plain === MODEL || plain === 'all') {
      const box = uniteBoxes(this.#surroundings.model, this.#built);
      if (box) return standIn(box);
    }
    throw this.#unknown(part, word, name, [...all.keys()]);
  };

  #unknown(part: Part, word: string, name: string, all: readonly string[]): GoxelError {
    const own = [...this.anchors.keys()];
    const [near] = this.#surroundings.nearest(name, all);
    const before =
      own.length > 0
        ? `parts before it: ${own.slice(-20).join(', ')}`
        : 'no part before it has a name';
    const earlier = [...this.#known.keys()].slice(-20);
    return wrongPart(
      part.label,
      `${word} '${name}' does not exist${near ? `; did you mean '${near}'?` : ''}; ${before}${
        earlier.length > 0 ? `; from earlier builds: ${earlier.join(', ')}` : ''
      }`,
      { value: name, available: all.slice(-40) },
    );
  }

  #sourceOf(part: Part): Anchor | null {
    const { body } = part;
    if (body.kind === 'stamp') {
      // One of the copies: that is what the name says.
      const source = this.#find(part, 'stamp', body.source);
      return { ...source, box: source.copies[0]! };
    }
    if (body.kind !== 'fill') return null;
    const { label, place, repeat, mirror } = part;
    if (place.at || place.center || place.relations.length > 0 || repeat || mirror) {
      throw wrongPart(
        label,
        'a fill is where the part is that it fills: it takes no place, repeat or mirror',
      );
    }
    if (part.mode !== 'add' || (part.color !== null && part.color.kind !== 'plain')) {
      throw wrongPart(label, 'a fill adds voxels of one colour');
    }
    if (typeof body.target === 'string') return this.#find(part, 'fill', body.target);
    return standIn({ min: body.target, max: body.target.map((v) => v + 1) as unknown as Position });
  }

  /** Poses of the copies, without mirror images. */
  #poses(part: Part, own: Box): Pose[] {
    const { place } = part;
    const turned = poseBox(part.turn, own);
    const size = boxSize(turned);
    const copies = copiesOf(part, size, this.#find);
    const anchors = place.relations.map(({ word, part: name }) => this.#find(part, word, name));
    const [first] = anchors;
    // One placement, or one at each copy of what it is placed at.
    const rounds =
      place.each && first
        ? first.copies.map((box) => [{ ...first, box, inner: null }, ...anchors.slice(1)])
        : [anchors];
    if (rounds.length * copies.corners.length > BUILD_LIMITS.copies) {
      throw wrongPart(part.label, `makes more than ${BUILD_LIMITS.copies} copies`);
    }
    return rounds.flatMap((round) => {
      const corner = this.#corner(part, own, copies, round).map(
        (v, i) => (copies.fixed[i] ?? v) + place.offset[i]!,
      );
      return copies.corners.map((at) =>
        movePose(
          part.turn,
          corner.map((v, i) => v + at[i]! - turned.min[i]!) as unknown as Position,
        ),
      );
    });
  }

  #corner(
    part: Part,
    own: Box,
    { size, corners, stands }: ReturnType<typeof copiesOf>,
    anchors: readonly Anchor[],
  ): Position {
    const { at, center } = part.place;
    if (anchors.length > 0) return placeAt(part, size, anchors);
    if (center)
      return center.map((v, i) => Math.floor(v) - Math.floor(size[i]! / 2)) as unknown as Position;
    // What has coordinates of its own keeps them: `at` is its origin.
    return own.min.map(
      (v, i) => (at ? at[i]! + v : (stands[i] ?? v)) - corners[0]![i]!,
    ) as unknown as Position;
  }

  #mirrored(part: Part, own: Box, poses: Pose[]): Pose[] {
    const { mirror } = part;
    if (!mirror) return poses;
    const about =
      mirror.about === null ? this.#built : this.#find(part, 'mirror about', mirror.about).box;
    const all = new Map(poses.map((pose) => [poseKey(pose, own), pose]));
    for (const axis of mirror.axes) {
      const sum =
        mirror.plane === null ? (about ? about.min[axis] + about.max[axis] : 0) : mirror.plane * 2;
      for (const pose of [...all.values()]) {
        const image = composePoses(mirrorPose(axis, sum), pose);
        const key = isSymmetrical(part.body)
          ? poseKey(image, own)
          : `${poseKey(image, own)}m${axis}`;
        if (!all.has(key)) all.set(key, image);
      }
    }
    return [...all.values()];
  }

  #check(part: Part, box: Box, copies: readonly Box[], inside: number): void {
    const far = [...box.min, ...box.max].some((v) => v < COORDINATE_MIN || v > COORDINATE_MAX);
    if (far) throw wrongPart(part.label, 'its place is outside the 32-bit coordinates');
    this.cells +=
      copies.reduce((sum, copy) => sum + boxVolume(copy), 0) * (inside > 0 ? 0 : 1) + inside;
    if (this.cells <= BUILD_LIMITS.cells) return;
    throw new GoxelError(
      'limit_exceeded',
      `${part.label}: the boxes of the parts so far hold ${this.cells} cells, at most ${BUILD_LIMITS.cells} can be built at once`,
      { limit: BUILD_LIMITS.cells, value: this.cells },
    );
  }

  #name({ name }: Part, anchor: Anchor, inside: Scope | null, pose: Pose): void {
    if (name === null) return;
    // A name that is used again is the later part; it stands last among the names too.
    this.anchors.delete(name);
    this.anchors.set(name, anchor);
    for (const [child, { box, inner, copies }] of inside?.anchors ?? []) {
      this.anchors.set(`${name}.${child}`, {
        box: poseBox(pose, box),
        inner: inner && poseBox(pose, inner),
        copies: copies.map((copy) => poseBox(pose, copy)),
        layerId: anchor.layerId,
      });
    }
  }
}

function standIn(box: Box): Anchor {
  return { box, inner: null, copies: [box], layerId: null };
}

function poseKey(pose: Pose, own: Box): string {
  return poseBox(pose, own).min.join();
}

const HAS_A_TOP: ReadonlySet<string> = new Set(['cone', 'pyramid', 'dome', 'wedge']);

/** Whether its mirror image in the same place is itself. */
function isSymmetrical(body: Body): boolean {
  return body.kind === 'shape' && !HAS_A_TOP.has(body.shape) && body.open.length === 0;
}

function sourceBox(body: Body, { box }: Anchor): Box {
  const { min, max } = box;
  if (body.kind === 'stamp') return { min: [0, 0, 0], max: boxSize(box) };
  const height = body.kind === 'fill' ? body.height : null;
  return height === null ? box : { min, max: [max[0], max[1], Math.min(max[2], min[2] + height)] };
}

/** The box of a part in its own coordinates. */
function ownBox({ body, label }: Part, children: readonly PlacedPart[]): Box {
  switch (body.kind) {
    case 'shape':
    case 'sdf':
      return { min: [0, 0, 0], max: body.size };
    case 'boxes':
      return body.boxes.reduce<Box | null>((all, { box }) => uniteBoxes(all, box), null)!;
    case 'stroke': {
      const reach = Math.ceil((body.diameter - 1) / 2);
      const ends = (pick: (...values: number[]) => number, by: number) =>
        [0, 1, 2].map(
          (i) => body.points.reduce((end, point) => pick(end, point[i]!), body.points[0]![i]!) + by,
        ) as unknown as Position;
      return { min: ends(Math.min, -reach), max: ends(Math.max, reach + 1) };
    }
    default: {
      // What is cut out does not make a group larger.
      const shown = children.filter(({ part }) => part.mode === 'add');
      const box = shown.reduce<Box | null>((all, child) => uniteBoxes(all, child.box), null);
      if (!box) throw wrongPart(label, 'a group needs a part of mode add');
      return box;
    }
  }
}

function innerBox(body: Body, pose: Pose): Box | null {
  if (body.kind !== 'shape' || body.wall === null) return null;
  const { wall, size, open, shape, axis } = body;
  const openEnds = shape === 'tube' ? 'xyz'.indexOf(axis.at(-1)!) : -1;
  const inset = (side: Side) =>
    open.includes(side) || sideAxis(side).axis === openEnds ? 0 : wall;
  const min: Position = [inset('left'), inset('front'), inset('bottom')];
  const max: Position = [size[0] - inset('right'), size[1] - inset('back'), size[2] - inset('top')];
  const box = { min, max };
  return boxVolume(box) > 0 ? poseBox(pose, box) : null;
}
