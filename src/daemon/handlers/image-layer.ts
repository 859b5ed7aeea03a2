import { decodeBase64 } from '../../base/codec/index.js';
import { GoxelError } from '../../base/index.js';
import {
  assertUnlocked,
  IDENTITY,
  insertLayer,
  type Mat4,
  multiply,
  type Picture,
  type Project,
  scaling,
  translation,
  updateLayer,
  type Vec3,
  Volume,
} from '../../engine/index.js';
import { readPicture } from '../../formats/index.js';
import type { MethodName, Params } from '../../protocol/index.js';
import { whoIs } from '../caller.js';
import { nodeCodecs } from '../codecs.js';
import type { Services } from '../services.js';
import { effectOf } from './changes.js';
import { fileName, writable } from './import.js';
import { placed } from './layer-place.js';
import { namedLayer } from './layer-refs.js';
import { rotationOf } from './rotation.js';
import type { ServiceCall, ServiceHandlers } from './types.js';

export const imageLayerServices: Pick<
  ServiceHandlers,
  'goxel.create_image_layer' | 'goxel.set_layer_image'
> = {
  'goxel.create_image_layer': async (daemon, params, call) => {
    const { path, picture } = await loadPicture(daemon, params);
    const name = params.name ?? (path === '' ? 'Image' : fileName(path));
    const transform = pictureMatrix(picture, params);
    return change(daemon, params.projectId, 'goxel.create_image_layer', call, (project) => {
      const added = insertLayer(project, { name, image: { path, picture }, transform });
      return { project: added.project, layerId: added.layer.id, path, picture };
    });
  },

  'goxel.set_layer_image': async (daemon, params, call) => {
    const { project } = daemon.project(params.projectId);
    const { id, image } = namedLayer(project, params.layerId);
    if (!image) {
      throw new GoxelError('invalid_edit', `layer ${id} is not an image`, { layer_id: id });
    }
    const source = params.path ?? (params.data === undefined ? image.path : undefined);
    const { path, picture } = await loadPicture(daemon, { path: source, data: params.data });
    return change(daemon, params.projectId, 'goxel.set_layer_image', call, (present) => {
      const layer = namedLayer(present, id);
      assertUnlocked(present, layer);
      const next = updateLayer(present, id, { image: { path, picture }, volume: new Volume() });
      return { project: next, layerId: id, path, picture };
    });
  },
};

async function loadPicture(
  daemon: Services,
  { path, data }: { path?: string | undefined; data?: string | undefined },
): Promise<{ path: string; picture: Picture }> {
  if (path) {
    const file = await daemon.files.read(path);
    return { path: file.path, picture: readPicture(file.bytes, nodeCodecs) };
  }
  const bytes = data === undefined ? null : decodeBase64(data);
  if (bytes) return { path: '', picture: readPicture(bytes, nodeCodecs) };
  throw new GoxelError(
    'invalid_params',
    data === undefined
      ? 'Missing required parameter: path (or data)'
      : 'data: expected base64 of a PNG',
    { param: data === undefined ? 'path' : 'data' },
  );
}

interface Changed {
  readonly project: Project;
  readonly layerId: number;
  readonly path: string;
  readonly picture: Picture;
}

function change(
  daemon: Services,
  projectId: string | undefined,
  method: MethodName,
  call: ServiceCall,
  edit: (project: Project) => Changed,
) {
  const open = writable(daemon.project(projectId));
  return open.turn(() => {
    const before = open.project;
    const { project, layerId, path, picture } = edit(before);
    // Before the commit: a picture that is too large in its place is refused here.
    const { result } = placed(project, layerId);
    const effect = effectOf(before, project);
    open.commit(project, method, whoIs(call.caller));
    const { width, height } = picture;
    return { ...result, path, width, height, ...effect, revision: open.revision };
  });
}

/** How the planes stand: the images of x, y and z. */
const PLANES: Readonly<Record<'xy' | 'xz' | 'yz', Mat4>> = {
  xy: IDENTITY,
  xz: [1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1],
  yz: [0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1],
};

/** Puts the lowest corner of the upright picture at its position, then turns it about its middle. */
function pictureMatrix(
  { width, height }: Picture,
  { plane, position, rotation, scale }: Params<'goxel.create_image_layer'>,
): Mat4 {
  const [w, h] = [width * scale, height * scale];
  const half: Record<typeof plane, Vec3> = {
    xy: [w / 2, h / 2, 0],
    xz: [w / 2, 0, h / 2],
    yz: [0, w / 2, h / 2],
  };
  const middle = position.map((v, i) => v + half[plane][i]!) as unknown as Vec3;
  const turn = multiply(rotation ? rotationOf(rotation) : IDENTITY, PLANES[plane]);
  return multiply(multiply(translation(...middle), turn), scaling(w, h, 1));
}
