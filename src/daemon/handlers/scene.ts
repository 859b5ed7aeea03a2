import { decodeBase64, readPng } from '../../base/codec/index.js';
import { ByteReader, GoxelError, LIMITS } from '../../base/index.js';
import {
  type Camera,
  type ColorCounts,
  countColors,
  flattenProject,
  freeId,
  type Light,
  type Palette,
  type Project,
  rgba,
  toHex,
  toRgba,
  type Vec3,
  visibleBox,
} from '../../engine/index.js';
import { BUILT_IN_PALETTES, readPaletteAct, readPaletteText } from '../../formats/index.js';
import type { Params } from '../../protocol/index.js';
import { cameraAxes, resolveView, type ViewCamera } from '../../render/index.js';
import { nodeCodecs } from '../codecs.js';
import { boxBetween, inclusiveBox } from './boxes.js';
import type { Edits, Reads } from './types.js';

type SceneEdits = Pick<
  Edits,
  | 'goxel.create_camera'
  | 'goxel.set_camera'
  | 'goxel.delete_camera'
  | 'goxel.set_light'
  | 'goxel.set_palette'
  | 'goxel.set_image_box'
  | 'goxel.set_project_info'
>;

export const sceneEdits: SceneEdits = {
  'goxel.create_camera': (project, params) => {
    if (project.cameras.length >= LIMITS.cameras) {
      throw new GoxelError('limit_exceeded', `a project has at most ${LIMITS.cameras} cameras`, {
        limit: LIMITS.cameras,
        value: project.cameras.length + 1,
      });
    }
    const id = freeId(project.cameras);
    const camera = placed({ id, name: params.name ?? `Camera.${id}` }, lookOf(params, null));
    return withCamera(
      { ...project, cameras: [...project.cameras, camera] },
      camera,
      params.setActive,
    );
  },

  'goxel.set_camera': (project, params) => {
    const id = params.cameraId ?? project.activeCameraId ?? freeId(project.cameras);
    const old = project.cameras.find((camera) => camera.id === id);
    if (!old && params.cameraId !== undefined) throw noCamera(project, id);
    const present = resolveView(project, old ? { cameraId: id } : {}).camera;
    const name = params.name ?? old?.name ?? `Camera.${id}`;
    const camera = placed({ id, name }, lookOf(params, present));
    const cameras = old
      ? project.cameras.map((other) => (other === old ? camera : other))
      : [...project.cameras, camera];
    return withCamera({ ...project, cameras }, camera, params.setActive);
  },

  'goxel.delete_camera': (project, { cameraId }) => {
    const camera = project.cameras.find(({ id }) => id === cameraId);
    if (!camera) throw noCamera(project, cameraId);
    const cameras = project.cameras.filter((other) => other !== camera);
    const activeCameraId =
      project.activeCameraId === cameraId ? (cameras[0]?.id ?? null) : project.activeCameraId;
    return {
      project: { ...project, cameras, activeCameraId },
      result: { success: true, cameraId },
    };
  },

  'goxel.set_light': (project, { pitch, yaw, ...rest }) => {
    const { light: old } = project;
    const light: Light = {
      pitch: pitch === undefined ? old.pitch : radians(pitch),
      yaw: yaw === undefined ? old.yaw : radians(yaw),
      intensity: rest.intensity ?? old.intensity,
      ambient: rest.ambient ?? old.ambient,
      shadow: rest.shadow ?? old.shadow,
      fixed: rest.fixed ?? old.fixed,
    };
    return { project: { ...project, light }, result: { success: true, ...lightFacts(light) } };
  },

  'goxel.set_palette': (project, params) => {
    const palette = paletteOf(project, params);
    return {
      project: { ...project, palette },
      result: { success: true, name: palette.name, count: palette.colors.length },
    };
  },

  'goxel.set_image_box': (project, { min, max, fit }) => {
    const imageBox = fit ? visibleBox(project) : min && max ? boxBetween(min, max) : null;
    if (!imageBox) {
      throw fit
        ? new GoxelError('invalid_edit', 'there are no visible voxels to fit the box to')
        : new GoxelError('invalid_params', 'give min and max, or fit', {
            param: min ? 'max' : 'min',
          });
    }
    return {
      project: { ...project, imageBox },
      result: { success: true, ...inclusiveBox(imageBox) },
    };
  },

  'goxel.set_project_info': (project, { name, background, metadata }) => {
    const next = {
      ...project,
      name: name ?? project.name,
      background: background ?? project.background,
      metadata: metadata ?? project.metadata,
    };
    return {
      project: next,
      result: { success: true, name: next.name, background: toRgba(next.background) },
    };
  },
};

type SceneReads = Pick<
  Reads,
  | 'goxel.list_cameras'
  | 'goxel.get_camera'
  | 'goxel.get_light'
  | 'goxel.get_palette'
  | 'goxel.list_palettes'
>;

export const sceneReads: SceneReads = {
  'goxel.list_cameras': (project) => ({
    count: project.cameras.length,
    cameras: project.cameras.map((camera) => cameraFacts(project, camera)),
    activeCameraId: project.activeCameraId,
  }),

  'goxel.get_camera': (project, { cameraId }) => {
    const id = cameraId ?? project.activeCameraId;
    const camera = project.cameras.find((candidate) => candidate.id === id);
    if (camera) return cameraFacts(project, camera);
    if (cameraId !== undefined) throw noCamera(project, cameraId);
    const { camera: view } = resolveView(project);
    return {
      ...viewFacts(view),
      cameraId: null,
      name: 'isometric',
      distance: distanceOf(view),
      isActive: false,
    };
  },

  'goxel.get_light': ({ light }) => lightFacts(light),

  'goxel.get_palette': ({ palette }) => ({
    name: palette.name,
    count: palette.colors.length,
    colors: palette.colors.map(({ name, color }) => ({
      name,
      hex: toHex(color),
      rgba: toRgba(color),
    })),
  }),

  'goxel.list_palettes': () => ({
    count: BUILT_IN_PALETTES.length,
    palettes: BUILT_IN_PALETTES.map(({ name, colors }) => ({
      name,
      colors: colors.map(({ color }) => toHex(color)),
    })),
  }),
};

function noCamera(project: Project, id: number): GoxelError {
  return new GoxelError('invalid_edit', `no camera with id ${id}`, {
    value: id,
    available: project.cameras.map((camera) => camera.id),
  });
}

function withCamera(project: Project, camera: Camera, isActive: boolean) {
  const next = isActive ? { ...project, activeCameraId: camera.id } : project;
  return {
    project: next,
    result: { success: true as const, ...cameraFacts(next, camera) },
  };
}

type Look = Pick<ViewCamera, 'position' | 'target' | 'up' | 'projection'>;
type LookParams = Omit<Params<'goxel.set_camera'>, 'cameraId' | 'setActive' | 'projectId'>;

/** Where a camera stands and looks, from what a call says and what it was before. */
function lookOf(params: LookParams, before: ViewCamera | null): Look {
  const position = params.position ?? before?.position ?? [0, -1, 0];
  const target = params.target ?? before?.target ?? [0, 0, 0];
  const straight = position[0] === target[0] && position[1] === target[1];
  return {
    position,
    target,
    up: params.up ?? (straight ? [0, 1, 0] : [0, 0, 1]),
    projection: params.projection ?? before?.projection ?? 'perspective',
  };
}

function placed({ id, name }: Pick<Camera, 'id' | 'name'>, look: Look): Camera {
  const { right, up, forward } = cameraAxes({ ...look, fov: 20 });
  const [x, y, z] = look.position;
  return {
    id,
    name,
    distance: distanceOf(look),
    orthographic: look.projection === 'orthographic',
    transform: [...right, 0, ...up, 0, ...forward.map((v) => -v), 0, x, y, z, 1],
  };
}

function distanceOf({ position, target }: { position: Vec3; target: Vec3 }): number {
  return Math.hypot(...position.map((v, i) => v - target[i]!));
}

function cameraFacts(project: Project, camera: Camera) {
  const with_ = project.cameras.includes(camera)
    ? project
    : { ...project, cameras: [...project.cameras, camera] };
  return {
    ...viewFacts(resolveView(with_, { cameraId: camera.id }).camera),
    cameraId: camera.id,
    name: camera.name,
    distance: camera.distance,
    isActive: project.activeCameraId === camera.id,
  };
}

function viewFacts({ position, target, up, fov, projection }: ViewCamera) {
  return { position: [...position], target: [...target], up: [...up], fov, projection };
}

function lightFacts(light: Light) {
  return {
    pitch: (light.pitch * 180) / Math.PI,
    yaw: (light.yaw * 180) / Math.PI,
    intensity: light.intensity,
    ambient: light.ambient,
    shadow: light.shadow,
    fixed: light.fixed,
  };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

function paletteOf(project: Project, params: Params<'goxel.set_palette'>): Palette {
  const { name, colors, text, data, fromVoxels } = params;
  if (colors) {
    return { name: name ?? '', colors: colors.map((color) => ({ name: '', color })) };
  }
  if (text !== undefined) return renamed(readPaletteText(text), name);
  if (data !== undefined) {
    const bytes = decodeBase64(data);
    if (!bytes) {
      throw new GoxelError('invalid_params', 'data: expected base64', { param: 'data' });
    }
    return renamed(paletteOfBytes(bytes), name);
  }
  if (fromVoxels !== undefined) {
    const counts: ColorCounts = countColors(flattenProject(project));
    const most = counts.sorted().slice(0, fromVoxels);
    return {
      name: name ?? '',
      colors: most.map(({ color }) => ({ name: '', color })),
    };
  }
  const found = BUILT_IN_PALETTES.find((palette) => palette.name === name?.toLowerCase());
  if (found) return found;
  throw new GoxelError(
    'invalid_params',
    'give colors, text, data, from_voxels, or the name of a palette that is built in',
    { param: 'name', value: name, available: BUILT_IN_PALETTES.map((palette) => palette.name) },
  );
}

function paletteOfBytes(bytes: Uint8Array): Palette {
  return isPng(bytes) ? pictureColors(bytes) : readPaletteAct(bytes);
}

/** The palette of a file, which its extension says the kind of. */
export function paletteOfFile(path: string, bytes: Uint8Array): Palette {
  const isBinary = isPng(bytes) || /\.act$/i.test(path);
  return isBinary ? paletteOfBytes(bytes) : readPaletteText(new TextDecoder().decode(bytes));
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47];

function isPng(bytes: Uint8Array): boolean {
  return PNG_SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/** The colours of a picture, in the order in which they come first; see-through pixels have none. */
function pictureColors(bytes: Uint8Array): Palette {
  const { data } = readPng(new ByteReader('png', bytes), nodeCodecs);
  const found = new Set<number>();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] !== 255) continue;
    found.add(rgba(data[i]!, data[i + 1]!, data[i + 2]!));
    if (found.size > LIMITS.paletteColors) {
      throw new GoxelError(
        'limit_exceeded',
        `a palette has at most ${LIMITS.paletteColors} colours`,
        { limit: LIMITS.paletteColors },
      );
    }
  }
  return { name: '', colors: [...found].map((color) => ({ name: '', color })) };
}

function renamed(palette: Palette, name: string | undefined): Palette {
  return name === undefined ? palette : { ...palette, name };
}
