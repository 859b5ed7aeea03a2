import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEBIAN_TOOLS, debianTar } from '../helpers/debian.js';
import { Namespace } from '../helpers/namespace.js';
import { repository } from '../helpers/sources.js';
import { has } from '../helpers/tools.js';

/*
 * The images, built by buildah, which needs no engine, and run in namespaces with the rights that a container has. The images that they start from
 * are made here of this machine's Debian and Node, because registries of images are not to be had.
 */

const ready = [...DEBIAN_TOOLS, 'buildah', 'unshare', 'setpriv', 'ip'].every(has);
const scratch = mkdtempSync(join(tmpdir(), 'goxel-container-'));
const store = [
  '--storage-driver=vfs',
  `--root=${join(scratch, 'store')}`,
  `--runroot=${join(scratch, 'run')}`,
];
afterAll(() => {
  if (ready) spawnSync('buildah', [...store, 'umount', '--all']);
  rmSync(scratch, { recursive: true, force: true });
});

function buildah(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('buildah', [...store, command, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (status !== 0) throw new Error(`buildah ${command} ended with ${status}:\n${stdout}${stderr}`);
  return stdout.trim();
}

/** An image of a Dockerfile and its context. */
function build(image: string, context: string, ...args: string[]): void {
  const options = ['--isolation=chroot', '--pull-never', '--layers=false', '--format=docker'];
  buildah('bud', ...options, '-t', image, ...args, context);
}

/** An image that holds one folder or archive and nothing else. */
function imageOf(image: string, source: string): void {
  const context = mkdtempSync(join(scratch, 'context-'));
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY root/ /\n');
  const root = join(context, 'root');
  mkdirSync(root);
  if (source.endsWith('.tar'))
    execFileSync('tar', ['-xf', source, '-C', root, '--exclude=./dev/*']);
  else cpSync(source, root, { recursive: true, verbatimSymlinks: true });
  build(image, context);
  rmSync(context, { recursive: true });
}

interface Image {
  readonly root: string;
  readonly config: {
    readonly User: string;
    readonly Entrypoint?: string[];
    readonly Cmd: string[];
    readonly ExposedPorts: object;
    readonly Healthcheck?: { readonly Test: string[] };
    readonly StopSignal?: string;
  };
}

function mounted(image: string): Image {
  const container = buildah('from', '--pull-never', image);
  const { Docker } = JSON.parse(buildah('inspect', container)) as {
    Docker: { config: Image['config'] };
  };
  return { root: buildah('mount', container), config: Docker.config };
}

/** What an engine does with `--read-only`, `--cap-drop ALL`, `no-new-privileges`, and volumes at these folders. */
function start({ root, config }: Image, user: string, volumes: readonly string[]): Namespace {
  const volume = (path: string) =>
    `mkdir -p "$ROOT${path}"; mount -t tmpfs -o mode=0755,uid=${user.split(':')[0]} volume "$ROOT${path}"`;
  return new Namespace({
    root,
    mounts: [
      'mkdir -p "$ROOT/proc" "$ROOT/tmp"',
      ...volumes.map(volume),
      'mount -o remount,bind,ro "$ROOT"',
    ],
    user,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    command: [...(config.Entrypoint ?? []), ...config.Cmd],
  });
}

const health = (container: Namespace, path: string) =>
  container.runOutside('curl', '-s', `http://127.0.0.1:8080${path}`).stdout;

/** Ours. */
let image: Image;

describe.runIf(ready)('the image', () => {
  beforeAll(() => {
    const debian = join(scratch, 'debian');
    mkdirSync(debian);
    execFileSync('tar', ['-xf', debianTar(), '-C', debian, '--exclude=./dev/*']);
    copyFileSync(process.execPath, join(debian, 'usr/bin/node'));
    imageOf('localhost/node', debian);
    // Like the image that the Dockerfile names: libraries, and no shell.
    const libraries = join(scratch, 'libraries');
    const listed = execFileSync('ldd', [process.execPath], { encoding: 'utf8' });
    for (const [path] of listed.matchAll(/\/\S*lib\S+/g)) {
      mkdirSync(join(libraries, dirname(path)), { recursive: true });
      copyFileSync(realpathSync(path), join(libraries, path));
    }
    imageOf('localhost/base', libraries);
    const args = ['NODE=localhost/node', 'BASE=localhost/base'].flatMap((arg) => [
      '--build-arg',
      arg,
    ]);
    // Installed packages need not be fetched again.
    const packages = `${join(repository, 'node_modules')}:/src/node_modules:ro`;
    build('localhost/goxel-daemon', repository, ...args, '--volume', packages);
    image = mounted('localhost/goxel-daemon');
  }, 600_000);

  it('is small, has no shell, and says how it is run', () => {
    const size = Number(
      execFileSync('du', ['-sk', image.root], { encoding: 'utf8' }).split('\t')[0],
    );
    expect(size).toBeLessThan(130 * 1024);
    expect(
      ['bin/sh', 'usr/bin/sh', 'bin/bash'].filter((path) => existsSync(join(image.root, path))),
    ).toEqual([]);
    expect(image.config).toMatchObject({
      User: '65532:65532',
      ExposedPorts: { '8080/tcp': {} },
      StopSignal: 'SIGTERM',
    });
  });

  it('runs read-only and without rights, is healthy, and stops when it is told to', async () => {
    const volumes = ['/var/lib/goxel', '/run/goxel', '/var/cache/goxel', '/tmp'];
    const container = start(image, image.config.User, volumes);
    try {
      await container.says(/started successfully/);
      const status = container.runOutside('cat', `${image.root}/proc/1/status`).stdout;
      expect(status).toMatch(/^Uid:\t65532\t65532\t65532\t65532$/m);
      expect(status).toMatch(/^CapEff:\t0+$/m);
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      const [kind, ...check] = image.config.Healthcheck!.Test;
      expect([kind, container.run(...check)]).toMatchObject(['CMD', { status: 0, stderr: '' }]);
      expect(JSON.parse(health(container, '/healthz'))).toMatchObject({
        status: 'healthy',
        pid: 1,
      });
      expect(JSON.parse(health(container, '/readyz'))).toMatchObject({ status: 'ready' });
      const token = join(image.root, 'var/lib/goxel/tokens.json');
      expect(container.runOutside('stat', '-c', '%a %u', token).stdout).toBe('600 65532\n');
    } finally {
      expect(await container.stop()).toBe(0);
    }
    expect(container.output).toContain('Daemon stopped');
  });
});

describe.runIf(ready)('the Dockerfile of the deployment guide', () => {
  /* As it stands there. */
  const dockerfile = `FROM debian:bookworm-slim

# Install dependencies
RUN apt-get update && apt-get install -y \\
    libc6 \\
    libgcc-s1 \\
    libstdc++6 \\
    && rm -rf /var/lib/apt/lists/*

# Create goxel user
RUN useradd -r -s /bin/false goxel

# Copy daemon binary
COPY goxel-daemon /usr/bin/
RUN chmod +x /usr/bin/goxel-daemon

# Create directories
RUN mkdir -p /var/lib/goxel /var/log /var/run && \\
    chown goxel:goxel /var/lib/goxel

# Copy configuration
COPY config/daemon_config.json /etc/goxel/

USER goxel
EXPOSE 8080

CMD ["/usr/bin/goxel-daemon", "--foreground", "--config", "/etc/goxel/daemon_config.json"]
`;

  it('builds, runs as goxel, and is healthy', async () => {
    const context = join(scratch, 'guide');
    mkdirSync(join(context, 'config'), { recursive: true });
    writeFileSync(join(context, 'Dockerfile'), dockerfile);
    copyFileSync(join(image.root, 'usr/bin/goxel-daemon'), join(context, 'goxel-daemon'));
    copyFileSync(
      join(repository, 'config/daemon_config.json'),
      join(context, 'config/daemon_config.json'),
    );
    // The Debian of above, under the name that the guide has.
    buildah('tag', 'localhost/node', 'docker.io/library/debian:bookworm-slim');
    build('localhost/guide', context);
    const own = mounted('localhost/guide');
    expect(own.config).toMatchObject({ User: 'goxel', ExposedPorts: { '8080/tcp': {} } });
    const { uid, gid } = statSync(join(own.root, 'var/lib/goxel'));
    expect(uid).toBeGreaterThan(0);
    const container = new Namespace({
      root: own.root,
      mounts: [],
      user: `${uid}:${gid}`,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      command: own.config.Cmd,
    });
    try {
      await container.says(/started successfully/);
      expect(container.run('/usr/bin/goxel-daemon', '--status').status).toBe(0);
      expect(JSON.parse(health(container, '/healthz'))).toMatchObject({ status: 'healthy' });
    } finally {
      expect(await container.stop()).toBe(0);
    }
  });
});
