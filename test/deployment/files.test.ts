import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse as parsePlist } from 'plist';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { KEYS, readConfigFile } from '../../src/daemon/config/index.js';
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

  it('has a compose file without privileges', () => {
    const { services } = parse(read('compose.yaml')) as { services: Record<string, object> };
    expect(services['goxel-daemon']).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      ports: ['127.0.0.1:8080:8080'],
    });
  });

  it('has Kubernetes manifests with probes at paths that exist', () => {
    const documents = parseAllDocuments(read('config/kubernetes/goxel-daemon.yaml')).map(
      (document) => document.toJS() as Record<string, never>,
    );
    expect(documents.map(({ kind }) => kind)).toEqual([
      'PersistentVolumeClaim',
      'Deployment',
      'Service',
    ]);
    const probes = [...read('config/kubernetes/goxel-daemon.yaml').matchAll(/path: (\S+),/g)];
    expect(probes.map(([, path]) => path)).toEqual(['/readyz', '/readyz', '/healthz']);
  });
});

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
    execFileSync('mkdir', [bin]);
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
    };
    const result = spawnSync('sh', ['-e', '-c', commands], {
      cwd: repository,
      env,
      encoding: 'utf8',
    });
    expect({ status: result.status, stderr: result.stderr }).toEqual({ status: 0, stderr: '' });
  });
});
