/**
 * What a script of goxel-daemon finds (docs/guides/scripts.md). Put a reference to this file at the top of a script, and editors complete and check it:
 *
 *     /// <reference path="script.d.ts" />
 */

/** A number of `rgba()`, `[r, g, b]` or `[r, g, b, a]` from 0 to 255, `"#RRGGBB"`, a CSS name, an object or a Vec. Null removes a voxel. */
type Color =
  | number
  | readonly number[]
  | string
  | { r: number; g: number; b: number; a?: number }
  | Vec
  | null;

/** Integers; Z is up. */
type Position = readonly [x: number, y: number, z: number] | { x: number; y: number; z: number };

/** Four numbers: a position, or a colour under the names r, g, b, a. */
declare class Vec {
  constructor(x?: number, y?: number, z?: number, w?: number);
  x: number;
  y: number;
  z: number;
  w: number;
  r: number;
  g: number;
  b: number;
  a: number;
  add(other: Vec): Vec;
  sub(other: Vec): Vec;
  mul(factor: number): Vec;
  length(): number;
}

/** Both corners inclusive. */
declare class Box {
  constructor(min: Position, max: Position);
  readonly min: readonly number[];
  readonly max: readonly number[];
  readonly size: number[];
  readonly center: number[];
  /** A place in the box: -1 to 1 along each axis. */
  worldToLocal(position: Position): Vec;
  iterVoxels(): IterableIterator<Vec>;
}

/** The voxels of a layer. */
declare class Volume {
  set(x: number, y: number, z: number, color: Color): void;
  /** 0: empty. */
  get(x: number, y: number, z: number): number;
  setAt(position: Position, color: Color): void;
  getAt(position: Position): Vec;
  /** x, y, z of each voxel; one colour of `rgba()` each, or one for all. The fast way. */
  setVoxels(positions: Int32Array | readonly number[], colors: Uint32Array | Color): void;
  /** Colours of a box, x fastest, then y, then z; 0: empty. */
  readBox(min: Position, max: Position): Uint32Array;
  read(): { positions: Int32Array; colors: Uint32Array };
  iter(): IterableIterator<{ pos: Vec; color: Vec }>;
  fillBox(min: Position, max: Position, color: Color): { changed: number };
  clear(): { removed: number };
  /** The voxels as they are now, to change beside the project. For some ten thousand of them. */
  copy(): VolumeCopy;
  readonly count: number;
  readonly box: Box | null;
}

interface VolumeCopy {
  set(x: number, y: number, z: number, color: Color): void;
  get(x: number, y: number, z: number): number;
  setAt(position: Position, color: Color): void;
  getAt(position: Position): Vec;
  iter(): IterableIterator<{ pos: Vec; color: Vec }>;
  readonly count: number;
}

declare class Layer {
  readonly id: number;
  readonly volume: Volume;
  name: string;
  visible: boolean;
  remove(): void;
}

/** What the call gave as `args`, with the defaults that the script describes. */
declare const args: Record<string, any>;
/** The active layer. */
declare const layer: Layer;
/** The voxels of the active layer. */
declare const volume: Volume;
/** Colours of the project's palette. */
declare const palette: [r: number, g: number, b: number, a: number][];
declare function rgba(r: number, g: number, b: number, a?: number): number;

/** The same numbers for the same seed of the call. */
declare const noise: {
  /** 0 to 1. */
  value(x: number, y?: number, z?: number, salt?: number): number;
  /** 0 to 1. */
  fbm(x: number, y?: number, z?: number, octaves?: number, salt?: number): number;
};

type ShapeParams = {
  size?: number | readonly number[];
  center?: Position;
  color?: Color;
  layer_id?: number;
  [param: string]: unknown;
};
type Draw = (params?: ShapeParams) => { changed: number };

/** goxel.procedural_shape of each kind. */
declare const shape: Record<
  | 'cube'
  | 'sphere'
  | 'ellipsoid'
  | 'cylinder'
  | 'cone'
  | 'pyramid'
  | 'torus'
  | 'capsule'
  | 'plane'
  | 'line'
  | 'dome'
  | 'tube'
  | 'wedge',
  Draw
>;

declare const goxel: {
  image: {
    activeLayer: Layer;
    readonly layers: Layer[];
    addLayer(name?: string): Layer;
    /** What all visible layers show together; to read only. */
    getLayersVolume(): Volume;
    readonly selectionBox: Box | null;
  };
  /** Any method that edits or reads. */
  call(method: string, params?: object): any;
  readonly palette: [r: number, g: number, b: number, a: number][];
  addVoxel(x: number, y: number, z: number, color?: Color): void;
  removeVoxel(x: number, y: number, z: number): void;
  getVoxel(x: number, y: number, z: number): number[] | null;
  paintVoxels(params: object): { painted: number };
  floodFill(x: number, y: number, z: number, color: Color): { changed: number };
  voxel: {
    add(x: number, y: number, z: number, color?: Color): void;
    add(position: Position, color?: Color): void;
    remove(x: number, y: number, z: number): void;
    remove(position: Position): void;
    get(x: number, y: number, z: number): number[] | null;
    get(position: Position): number[] | null;
  };
  Vec: typeof Vec;
  Box: typeof Box;
  Volume: typeof Volume;
  Layer: typeof Layer;
};
