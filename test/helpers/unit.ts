import { Namespace } from './namespace.js';

/** A unit file as its directives, in their order. */
export class Unit {
  readonly #lines: readonly (readonly [name: string, value: string])[];

  constructor(text: string) {
    this.#lines = [...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]);
  }

  all(name: string): readonly string[] {
    return this.#lines.filter(([of]) => of === name).map(([, value]) => value);
  }

  /** The last one counts. */
  one(name: string): string {
    const value = this.all(name).at(-1);
    if (value === undefined) throw new Error(`the unit has no ${name}=`);
    return value;
  }
}

/* Where systemd makes folders, and in which variable it says so. */
const FOLDERS = [
  ['RuntimeDirectory', '/run', 'RUNTIME_DIRECTORY'],
  ['StateDirectory', '/var/lib', 'STATE_DIRECTORY'],
  ['CacheDirectory', '/var/cache', 'CACHE_DIRECTORY'],
  ['LogsDirectory', '/var/log', 'LOGS_DIRECTORY'],
] as const;

/**
 * Starts the service of a unit in another root, as systemd would: its folders, its commands before, its user, and of its restrictions those that mounts
 * and rights can make. The filter of system calls is not among them.
 *
 * @param user - Number of the user and the group that the unit names.
 */
export function startUnit(unit: Unit, root: string, user: string): Namespace {
  const [uid, gid] = user.split(':');
  const env: Record<string, string> = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  for (const assignment of unit.all('Environment')) {
    const [name, value] = assignment.split('=', 2);
    env[name!] = value!;
  }
  const folders = FOLDERS.map(([directive, parent, variable]) => {
    const path = `${parent}/${unit.one(directive)}`;
    env[variable] = path;
    return [path, unit.one(`${directive}Mode`)] as const;
  });
  const mounts = [
    ...folders.map(([path, mode]) => `install -d -m ${mode} -o ${uid} -g ${gid} "$ROOT${path}"`),
    // With full rights, which the + in front asks for.
    ...unit.all('ExecStartPre').map((command) => inRoot(command)),
    // ProtectSystem=strict, with the folders open.
    ...folders.map(([path]) => `mount --bind "$ROOT${path}" "$ROOT${path}"`),
    'mount -o remount,bind,ro "$ROOT"',
    // PrivateTmp, ProtectHome, PrivateDevices.
    ...['/tmp', '/var/tmp'].map((path) => `mount -t tmpfs -o mode=1777 tmpfs "$ROOT${path}"`),
    ...['/home', '/root'].map((path) => `mount -t tmpfs -o ro,mode=000 tmpfs "$ROOT${path}"`),
    'mount -t tmpfs -o mode=0755 tmpfs "$ROOT/dev"',
    'for device in null zero full random urandom; do touch "$ROOT/dev/$device"; mount --bind "/dev/$device" "$ROOT/dev/$device"; done',
    'mount -o remount,ro "$ROOT/dev"',
  ];
  return new Namespace({ root, mounts, user, env, command: unit.one('ExecStart').split(' ') });
}

/** `+-/bin/sh -c '…'`, of which only the kinds are understood that our unit has. */
function inRoot(command: string): string {
  const found = /^\+-(\/.*)$/.exec(command);
  if (!found) throw new Error(`ExecStartPre=${command} is not understood`);
  return `/usr/sbin/chroot "$ROOT" ${found[1]} || true`;
}
