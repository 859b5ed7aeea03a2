import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse as parsePlist } from 'plist';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { KEYS, readConfigFile, SETTINGS } from '../../src/daemon/config/index.js';
import { TestDaemon } from '../helpers/daemon.js';
import { repository } from '../helpers/sources.js';
import { has } from '../helpers/tools.js';

/* The files that operators install, as far as this machine can check them. */

const read = (path: string) => readFileSync(join(repository, path), 'utf8');
const scratch = mkdtempSync(join(tmpdir(), 'goxel-deployment-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.runIf(has('systemd-analyze'))('the systemd unit', () => {
  it('is verified', () => {
    // The executable need not be installed here.
    const unit = join(scratch, 'goxel-daemon.service');
    writeFileSync(
      unit,
      read('config/goxel-daemon.service').replace('/usr/bin/goxel-daemon', '/bin/true'),
    );
    writeFileSync(join(scratch, 'goxel-daemon.socket'), read('config/goxel-daemon.socket'));
    const { stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.includes('goxel-daemon'))).toEqual([]);
  });

  it('has an exposure of at most 2.0', () => {
    const unit = join(repository, 'config/goxel-daemon.service');
    const args = ['security', '--offline=true', unit];
    const { stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    expect(Number(/Overall exposure level .*: ([\d.]+)/.exec(stdout)![1])).toBeLessThanOrEqual(2);
  });
});

it('the launchd file is a plist, and the program knows its options', () => {
  const file = parsePlist(read('config/com.goxel.daemon.plist')) as Record<string, unknown>;
  expect(file).toMatchObject({ Label: 'com.goxel.daemon', RunAtLoad: true, Umask: 0o27 });
  const [, ...options] = file.ProgramArguments as string[];
  const program = join(repository, 'bin/goxel-daemon');
  const check = spawnSync(process.execPath, [program, ...options, '--check-config'], {
    encoding: 'utf8',
  });
  expect(check.stderr).toBe('');
  expect(check.stdout).toContain('configuration is valid');
});

describe.runIf(has('shellcheck'))('the scripts', () => {
  it.each(readdirSync(join(repository, 'scripts')).filter((name) => name.endsWith('.sh')))(
    '%s passes shellcheck',
    (name) => {
      const { stdout } = spawnSync('shellcheck', [join(repository, 'scripts', name)], {
        encoding: 'utf8',
      });
      expect(stdout).toBe('');
    },
  );
});

describe('the container', () => {
  it('does not run as root, has a health check, and exposes the port of its configuration', () => {
    const text = read('Dockerfile');
    const lines = text.split('\n');
    expect(lines.filter((line) => line.startsWith('USER'))).toEqual(['USER 65532:65532']);
    expect(text).toContain('HEALTHCHECK');
    expect(text).toContain('EXPOSE 8080');
    const { settings } = readConfigFile(join(repository, 'config/container_config.json'));
    expect(settings.get('monitoring.http_address')?.value).toBe('0.0.0.0:8080');
    for (const [, source] of text.matchAll(/^ {4}&& cp (\S+) /gm)) {
      if (!source!.startsWith('out/'))
        expect(statSync(join(repository, source!)).isFile()).toBe(true);
    }
  });

  /* What both descriptions of a deployment must agree with. */
  const { settings } = readConfigFile(join(repository, 'config/container_config.json'));
  const setting = (key: (typeof KEYS)[number]) => settings.get(key)?.value;
  const user = Number(/^USER (\d+):/m.exec(read('Dockerfile'))![1]);
  const port = Number(String(setting('monitoring.http_address')).split(':')[1]);
  /** Folders that the daemon writes to. */
  const written = [
    setting('paths.data_directory'),
    dirname(String(setting('daemon.socket_path'))),
    setting('paths.cache_directory'),
    '/tmp',
  ];
  const drainSeconds = SETTINGS['server.shutdown_timeout_seconds'].schema.parse(undefined);
  const memoryMb = Number(setting('performance.max_memory_mb'));

  it('has a compose file without privileges, with room for what the daemon writes', () => {
    const { services, volumes } = parse(read('compose.yaml')) as {
      services: Record<string, ComposeService>;
      volumes: object;
    };
    const service = services['goxel-daemon']!;
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      ports: [`127.0.0.1:${port}:${port}`],
    });
    const mounts = service.volumes.map((volume) => volume.split(':'));
    expect(mounts.map(([name]) => name)).toEqual(Object.keys(volumes));
    expect([...mounts.map(([, path]) => path), ...service.tmpfs].sort()).toEqual(
      [...written].sort(),
    );
    expect(Number.parseInt(service.mem_limit, 10) * 1024).toBeGreaterThan(memoryMb);
    expect(Number.parseInt(service.stop_grace_period, 10)).toBeGreaterThanOrEqual(drainSeconds);
  });

  it('has Kubernetes manifests that agree with the image, with probes', () => {
    const [claim, deployment, service] = parseAllDocuments(
      read('config/kubernetes/goxel-daemon.yaml'),
      { strict: true, uniqueKeys: true },
    ).map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as Manifest;
    });
    expect([claim, deployment, service].map((it) => [it!.apiVersion, it!.kind])).toEqual([
      ['v1', 'PersistentVolumeClaim'],
      ['apps/v1', 'Deployment'],
      ['v1', 'Service'],
    ]);
    const { replicas, strategy, selector, template } = deployment!.spec;
    expect([replicas, strategy]).toEqual([1, { type: 'Recreate' }]);
    expect(template.metadata.labels).toEqual(selector.matchLabels);
    expect(service!.spec.selector).toEqual(selector.matchLabels);
    const pod = template.spec;
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: user,
      fsGroup: user,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(drainSeconds);
    const [container] = pod.containers;
    expect(container).toMatchObject({
      ports: [{ name: 'http', containerPort: port }],
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      startupProbe: { httpGet: { path: '/readyz', port: 'http' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
      livenessProbe: { httpGet: { path: '/healthz', port: 'http' } },
    });
    expect(service!.spec.ports).toEqual([{ name: 'http', port, targetPort: 'http' }]);
    expect(container!.volumeMounts.map(({ mountPath }) => mountPath).sort()).toEqual(
      [...written].sort(),
    );
    const volumes = pod.volumes.map(({ name }) => name);
    expect(container!.volumeMounts.map(({ name }) => name).sort()).toEqual(volumes.sort());
    expect(pod.volumes.find(({ persistentVolumeClaim }) => persistentVolumeClaim)).toMatchObject({
      persistentVolumeClaim: { claimName: claim!.metadata.name },
    });
    expect(Number.parseInt(container!.resources.limits.memory, 10) * 1024).toBeGreaterThan(
      memoryMb,
    );
  });
});

interface ComposeService {
  readonly volumes: readonly string[];
  readonly tmpfs: readonly string[];
  readonly mem_limit: string;
  readonly stop_grace_period: string;
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas: number;
    readonly strategy: object;
    readonly selector: { readonly matchLabels: object };
    readonly ports: readonly object[];
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly securityContext: object;
        readonly terminationGracePeriodSeconds: number;
        readonly volumes: readonly {
          readonly name: string;
          readonly persistentVolumeClaim?: object;
        }[];
        readonly containers: readonly {
          readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
          readonly resources: { readonly limits: { readonly memory: string } };
        }[];
      };
    };
  };
}

describe('alerts and dashboard', () => {
  it('use metrics that the daemon has', async () => {
    await using daemon = await TestDaemon.configured(() => ({
      monitoring: { http_address: '127.0.0.1:0' },
    }));
    using client = await daemon.client();
    const { addresses } = await client.call('status');
    const text = await (await fetch(`${addresses[1]}/metrics`)).text();
    const names = new Set([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name]) => name!));
    for (const [, name] of text.matchAll(/^# TYPE (\S+) histogram$/gm)) {
      for (const part of ['bucket', 'count', 'sum']) names.add(`${name}_${part}`);
    }
    const used = [
      'config/prometheus/alerts.yml',
      'config/grafana/goxel-daemon.json',
      'config/README.md',
    ]
      .flatMap((path) => [...read(path).matchAll(/\b(?:goxel|process|nodejs)_[a-z_]+\b/g)])
      .map(([name]) => name)
      .filter((name) => !name.startsWith('goxel_data') && !name.startsWith('goxel_run'));
    expect(used.length).toBeGreaterThan(20);
    expect([...new Set(used)].filter((name) => !names.has(name))).toEqual([]);
  });

  it.runIf(has('promtool'))('are accepted by Prometheus, names and units included', async () => {
    const rules = join(repository, 'config/prometheus/alerts.yml');
    const checked = spawnSync('promtool', ['check', 'rules', rules], { encoding: 'utf8' });
    expect(checked).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/SUCCESS: \d+ rules/),
    });
    await using daemon = await TestDaemon.configured(() => ({
      monitoring: { http_address: '127.0.0.1:0' },
    }));
    using client = await daemon.client();
    // Counters and histograms have lines once something happened.
    await client.call('goxel.undo').catch(() => {});
    await client.call('goxel.get_project_info', { projectId: 'none' }).catch(() => {});
    const { addresses } = await client.call('status');
    const input = await (await fetch(`${addresses[1]}/metrics`)).text();
    expect(input).toContain('kind="project_not_found"');
    const linted = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
    expect({ status: linted.status, stderr: linted.stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('are well-formed', () => {
    const { groups } = parse(read('config/prometheus/alerts.yml')) as {
      groups: { rules: { alert: string; expr: string }[] }[];
    };
    for (const { alert, expr } of groups[0]!.rules) expect([alert, expr]).not.toContain(undefined);
    const { panels } = JSON.parse(read('config/grafana/goxel-daemon.json')) as { panels: object[] };
    expect(panels.length).toBeGreaterThan(8);
  });
});

describe('the guide', () => {
  it('names only settings that exist', () => {
    const sections = [...new Set(KEYS.map((key) => key.split('.')[0]))].join('|');
    const named = [
      ...read('config/README.md').matchAll(new RegExp(`\`((?:${sections})\\.[a-z_.]+)\``, 'g')),
    ];
    expect(named.length).toBeGreaterThan(7);
    expect(named.map(([, key]) => key).filter((key) => !KEYS.includes(key as never))).toEqual([]);
  });

  it('says of every block of commands whether it is typed', () => {
    const blocks = read('config/README.md').match(/^```sh$/gm)!;
    const marks = read('config/README.md').match(/^<!-- (typed|not typed: .+) -->\n```sh$/gm)!;
    expect(marks.length).toBe(blocks.length);
  });

  const typed = [...read('config/README.md').matchAll(/^<!-- typed -->\n```sh\n(.*?)^```$/gms)];
  it.each(typed.map(([, commands]) => commands!))('is true:\n%s', (commands) => {
    const folder = mkdtempSync(join(scratch, 'typed-'));
    const bin = join(folder, 'bin');
    execFileSync('mkdir', [bin, join(folder, 'goxel')]);
    for (const name of ['goxel-daemon', 'goxel']) {
      execFileSync('ln', ['-s', join(repository, 'bin', name), join(bin, name)]);
    }
    const env = {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
      HOME: folder,
      GOXEL_DAEMON_BINARY: join(bin, 'goxel-daemon'),
      GOXEL_SOCKET_PATH: join(folder, 'goxel.sock'),
      GOXEL_PID_FILE: join(folder, 'goxel.pid'),
      GOXEL_LOG_FILE: join(folder, 'goxel.log'),
      GOXEL_DATA_PARENT: folder,
      GOXEL_BACKUP_DIRECTORY: folder,
    };
    const result = spawnSync('sh', ['-e', '-c', commands], {
      cwd: repository,
      env,
      encoding: 'utf8',
    });
    const { status, stdout, stderr } = result;
    expect({ status, stderr, said: status === 0 ? '' : stdout }).toEqual({
      status: 0,
      stderr: '',
      said: '',
    });
  });
});
