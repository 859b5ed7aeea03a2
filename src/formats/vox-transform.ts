import type { Position } from '../engine/math/index.js';

/**
 * Turns and mirrorings by signed permutations, and how they place voxels.
 *
 * `axes[row]` is the column of the non-zero entry of a row and `signs[row]` that entry: `out[row] = sign · in[axis]`.
 */
export interface Rotation {
  readonly axes: Position;
  readonly signs: Position;
}

export interface Transform {
  readonly rotation: Rotation;
  readonly translation: Position;
}

export const NO_ROTATION: Rotation = { axes: [0, 1, 2], signs: [1, 1, 1] };
export const NO_TRANSFORM: Transform = { rotation: NO_ROTATION, translation: [0, 0, 0] };

/** The rotation of an `_r` byte, or null when its columns are no permutation. */
export function decodeRotation(byte: number): Rotation | null {
  const first = byte & 3;
  const second = (byte >> 2) & 3;
  if (first === 3 || second === 3 || first === second) return null;
  const sign = (bit: number) => ((byte >> bit) & 1 ? -1 : 1);
  return { axes: [first, second, 3 - first - second], signs: [sign(4), sign(5), sign(6)] };
}

export function encodeRotation({ axes, signs }: Rotation): number {
  const sign = (row: 0 | 1 | 2) => (signs[row] < 0 ? 16 << row : 0);
  return axes[0] | (axes[1] << 2) | sign(0) | sign(1) | sign(2);
}

export function isNoRotation(rotation: Rotation): boolean {
  return encodeRotation(rotation) === 4;
}

export function rotate({ axes, signs }: Rotation, v: Position): Position {
  return [signs[0] * v[axes[0]]!, signs[1] * v[axes[1]]!, signs[2] * v[axes[2]]!];
}

/** `a · b`: first b, then a. */
export function multiplyRotations(a: Rotation, b: Rotation): Rotation {
  const row = (i: 0 | 1 | 2) => a.axes[i] as 0 | 1 | 2;
  return {
    axes: [b.axes[row(0)], b.axes[row(1)], b.axes[row(2)]],
    signs: [
      a.signs[0] * b.signs[row(0)],
      a.signs[1] * b.signs[row(1)],
      a.signs[2] * b.signs[row(2)],
    ],
  };
}

export function invertRotation({ axes, signs }: Rotation): Rotation {
  const inverse = { axes: [0, 0, 0], signs: [0, 0, 0] };
  for (let row = 0; row < 3; row++) {
    inverse.axes[axes[row]!] = row;
    inverse.signs[axes[row]!] = signs[row]!;
  }
  return inverse as unknown as Rotation;
}

export function add(a: Position, b: Position): Position {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function subtract(a: Position, b: Position): Position {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** The transform of a child below its parent: the parent's rotation applies to the child's translation too. */
export function combine(parent: Transform, child: Transform): Transform {
  return {
    rotation: multiplyRotations(parent.rotation, child.rotation),
    translation: add(parent.translation, rotate(parent.rotation, child.translation)),
  };
}

/** What {@link combine} needs below `parent` to come out as a pure translation by `target`. */
export function undoTransform(parent: Transform, target: Position): Transform {
  const rotation = invertRotation(parent.rotation);
  return { rotation, translation: rotate(rotation, subtract(target, parent.translation)) };
}

/** The lattice corner about which a model of this size turns and from which it is placed. */
export function pivot(size: Position): Position {
  return [size[0] >> 1, size[1] >> 1, size[2] >> 1];
}

/**
 * Where the cell `[c, c + 1)` of one axis comes to lie: a negative axis sends it to `[−c − 1, −c)`. This is the *cell mapping*;
 * mapping c to −c would put every mirrored part off by one.
 */
export function mapCell(sign: number, c: number): number {
  return sign > 0 ? c : -c - 1;
}

/** A cell moved by a transform. */
export function transformCell({ rotation, translation }: Transform, c: Position): Position {
  const { axes, signs } = rotation;
  return [
    mapCell(signs[0], c[axes[0]]!) + translation[0],
    mapCell(signs[1], c[axes[1]]!) + translation[1],
    mapCell(signs[2], c[axes[2]]!) + translation[2],
  ];
}

/** The transform that takes back what `transform` does to cells. */
export function invertTransform(transform: Transform): Transform {
  return undoTransform(transform, [0, 0, 0]);
}
