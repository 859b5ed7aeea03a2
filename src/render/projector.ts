import type { Vec3 } from '../engine/index.js';
import { cameraAxes, dot, type View } from './view.js';

/** A function from points in space to pixels of an image, from its upper left; null for what lies behind a perspective camera. */
export function makeProjector(view: View): (point: Vec3) => readonly [number, number] | null {
  const { width, height, camera } = view;
  const { right, up, forward, slope } = cameraAxes(camera);
  const { position } = camera;
  const isPerspective = camera.projection === 'perspective';
  const distance = targetDistance(view);
  return (point) => {
    const from: Vec3 = [point[0] - position[0], point[1] - position[1], point[2] - position[2]];
    const depth = isPerspective ? dot(from, forward) : distance;
    if (depth <= 0) return null;
    const pixels = height / (2 * slope * depth);
    return [width / 2 + dot(from, right) * pixels, height / 2 - dot(from, up) * pixels];
  };
}

/** How large a voxel is in an image: of a perspective camera, one at its target. */
export function pixelsPerVoxel(view: View): number {
  return view.height / (2 * cameraAxes(view.camera).slope * targetDistance(view));
}

function targetDistance({ camera: { position, target } }: View): number {
  const away: Vec3 = [target[0] - position[0], target[1] - position[1], target[2] - position[2]];
  return Math.sqrt(dot(away, away));
}
