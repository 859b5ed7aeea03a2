import { METHODS, type MethodDefinition } from '../protocol/index.js';

/** `goxel.add_voxel` → `add-voxel`. */
export function commandName(method: string): string {
  return method.replace(/^goxel\./, '').replace(/[._]/g, '-');
}

/** Methods by the name of their command. */
export function methodCommands(): Map<string, MethodDefinition> {
  const methods = METHODS as readonly MethodDefinition[];
  return new Map(methods.map((method) => [commandName(method.name), method]));
}
