import { type Box, IDENTITY, type Mat4, type Vec3 } from '../math/index.js';
import { type BlendMode, type Color, type ReadonlyVolume, rgba, Volume } from '../volume/index.js';

/**
 * The records of a project. All are immutable: an edit makes new ones and shares the rest. They hold plain data and
 * volumes only, so that they can be compared, sent to a worker and written to a journal.
 */

/** Things that a file said and this model has no field for, by format id; structured-cloneable. */
export type Extras = Readonly<Record<string, unknown>>;

/** Shapes that a shape layer can be; the words of `.gox`. */
export const LAYER_SHAPES = ['sphere', 'cube', 'cylinder'] as const;
export type LayerShapeKind = (typeof LAYER_SHAPES)[number];

export interface LayerShape {
  readonly kind: LayerShapeKind;
  readonly color: Color;
}

/** Pixels of a picture, rows from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** R, G, B, A of each pixel; in shared memory, so that threads need no copy. */
  readonly data: Uint8Array;
}

export interface LayerImage {
  /** Where the picture was; never opened by itself. */
  readonly path: string;
  /** Null: only the path is known, the layer shows its own voxels. */
  readonly picture: Picture | null;
}

/** Layers and groups under common switches: those of all groups around a layer count for it. */
export interface Group {
  /** From 1, unique among the groups of a project. */
  readonly id: number;
  readonly name: string;
  readonly visible: boolean;
  readonly locked: boolean;
  /** 0…1, multiplies the opacity of each layer inside. */
  readonly opacity: number;
  /** The group around it, or null. */
  readonly parentId: number | null;
  readonly extras: Extras;
}

export interface Layer {
  /** From 1, unique in the project, the lowest free when made. */
  readonly id: number;
  /** Shown to people; need not be unique. */
  readonly name: string;
  readonly visible: boolean;
  readonly locked: boolean;
  /** Id of a material, or null for none. */
  readonly materialId: number | null;
  /** 0…1, multiplies the alpha of every voxel when layers are combined or rendered. */
  readonly opacity: number;
  /** How the layer combines with those below it. */
  readonly mode: BlendMode;
  /**
   * Clone layers: applied to the base's voxels. Shape layers: maps [-1, 1]³ onto the shape. Image layers: maps the square
   * [-½, ½]² of the plane z = 0 onto the picture. Ordinary layers: their voxels are where they are; it is their frame, whose
   * origin they can be turned about.
   */
  readonly transform: Mat4;
  readonly box: Box | null;
  /** Set: a clone of the layer with that id; its own volume is empty. */
  readonly baseId: number | null;
  /** Set: a shape layer; its own volume is empty. */
  readonly shape: LayerShape | null;
  /** Set: an image layer; while it has the picture its own volume is empty. */
  readonly image: LayerImage | null;
  /** The group that it is in, or null. */
  readonly groupId: number | null;
  /** The voxels drawn in this layer. See `layerVolume` for what clones and shapes show. */
  readonly volume: ReadonlyVolume;
  readonly extras: Extras;
}

/** A linear colour, 0…1 a channel. */
export type LinearRgba = readonly [r: number, g: number, b: number, a: number];

export interface Material {
  readonly id: number;
  readonly name: string;
  /** Multiplies the voxel colours; linear RGB and alpha. */
  readonly color: LinearRgba;
  /** 0…1. */
  readonly metallic: number;
  /** 0…1. */
  readonly roughness: number;
  /** Linear RGB, 0 and up. */
  readonly emission: Vec3;
  readonly extras: Extras;
}

export interface PaletteColor {
  readonly name: string;
  readonly color: Color;
}

export interface Palette {
  readonly name: string;
  readonly colors: readonly PaletteColor[];
}

export interface Camera {
  readonly id: number;
  readonly name: string;
  /** From the camera to the point it turns about; for orthographic cameras also half the width of the view. */
  readonly distance: number;
  readonly orthographic: boolean;
  /** Camera to world: the camera looks along its -Z, its +Y is up. */
  readonly transform: Mat4;
}

export interface Light {
  /** Radians. The direction towards the light is (sin pitch · sin yaw, −sin pitch · cos yaw, cos pitch). */
  readonly pitch: number;
  readonly yaw: number;
  readonly intensity: number;
  /** The light turns with the camera. */
  readonly fixed: boolean;
  /** 0…1. */
  readonly ambient: number;
  /** 0…1, how dark shadows are. */
  readonly shadow: number;
}

/**
 * What is open and edited.
 *
 * Invariants: at least one layer; ids unique; `activeLayerId` names a layer. Layers are in stacking order, bottom first.
 */
export interface Project {
  readonly name: string;
  readonly layers: readonly Layer[];
  readonly activeLayerId: number;
  /** In the order of their making; none of them is around itself. */
  readonly groups: readonly Group[];
  readonly materials: readonly Material[];
  readonly palette: Palette;
  readonly cameras: readonly Camera[];
  readonly activeCameraId: number | null;
  readonly light: Light;
  /** The canvas: frames views and limits some exports; voxels may lie outside. Null: the box of the voxels. */
  readonly imageBox: Box | null;
  readonly selectionBox: Box | null;
  /** Voxels of any colour: those selected. Null: no mask. */
  readonly selectionMask: ReadonlyVolume | null;
  readonly background: Color;
  /** Free text by key, for people and programs. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly extras: Extras;
}

export const DEFAULT_IMAGE_BOX: Box = { min: [-16, -16, 0], max: [16, 16, 32] };

export const DEFAULT_LIGHT: Light = {
  pitch: (20 * Math.PI) / 180,
  yaw: (120 * Math.PI) / 180,
  intensity: 2,
  fixed: false,
  ambient: 0.3,
  shadow: 0.3,
};

export function makeLayer(fields: Partial<Layer> & Pick<Layer, 'id'>): Layer {
  return {
    name: `Layer.${fields.id}`,
    visible: true,
    locked: false,
    materialId: null,
    opacity: 1,
    mode: 'over',
    transform: IDENTITY,
    box: null,
    baseId: null,
    shape: null,
    image: null,
    groupId: null,
    volume: new Volume(),
    extras: {},
    ...fields,
  };
}

export function makeGroup(fields: Partial<Group> & Pick<Group, 'id'>): Group {
  return {
    name: `Group.${fields.id}`,
    visible: true,
    locked: false,
    opacity: 1,
    parentId: null,
    extras: {},
    ...fields,
  };
}

export function makeMaterial(fields: Partial<Material> & Pick<Material, 'id'>): Material {
  return {
    name: `Material.${fields.id}`,
    color: [1, 1, 1, 1],
    metallic: 0.2,
    roughness: 0.5,
    emission: [0, 0, 0],
    extras: {},
    ...fields,
  };
}

/** An empty project of one empty layer, unless `fields` say otherwise. */
export function makeProject(fields: Partial<Project> = {}): Project {
  const layers = fields.layers?.length ? fields.layers : [makeLayer({ id: 1 })];
  return {
    name: 'untitled',
    activeLayerId: layers.at(-1)!.id,
    groups: [],
    materials: [],
    palette: { name: '', colors: [] },
    cameras: [],
    activeCameraId: null,
    light: DEFAULT_LIGHT,
    imageBox: DEFAULT_IMAGE_BOX,
    selectionBox: null,
    selectionMask: null,
    background: rgba(240, 240, 240, 255),
    metadata: {},
    extras: {},
    ...fields,
    layers,
  };
}

/** The lowest number from 1 that no record has as id. */
export function freeId(records: readonly { readonly id: number }[]): number {
  const used = new Set(records.map((record) => record.id));
  let id = 1;
  while (used.has(id)) id++;
  return id;
}
