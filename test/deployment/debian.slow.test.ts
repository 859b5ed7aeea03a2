import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBinary } from '../helpers/binary.js';
import { DEBIAN_TOOLS, debianTar } from '../helpers/debian.js';
import type { Namespace } from '../helpers/namespace.js';
import { repository } from '../helpers/sources.js';
import { has } from '../helpers/tools.js';
import { startUnit, Unit } from '../helpers/unit.js';

/* The Debian package: looked at, installed in a Debian of its own with all its scripts, run there as its unit says, upgraded and removed. */

const ready = [...DEBIAN_TOOLS, 'dpkg-deb', 'unshare', 'setpriv', 'nsenter', 'ip'].every(has);
const scratch = mkdtempSync(join(tmpdir(), 'goxel-debian-'));
const root = join(scratch, 'root');
const file = join(scratch, 'goxel-daemon.deb');
const binary = join(scratch, 'goxel-daemon');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const inRoot = (...command: string[]) =>
  spawnSync('/usr/sbin/chroot', [root, ...command], {
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive' },
  });

/** Installs a package with dpkg of that root. */
function install(path: string): void {
  execFileSync('cp', [path, join(root, 'package.deb')]);
  const { status, stderr } = inRoot('dpkg', '--force-confold', '-i', '/package.deb');
  expect({ status, stderr }).toMatchObject({ status: 0 });
}

const facts = (path: string) => {
  const { mode, uid, gid } = statSync(join(root, path));
  return [(mode & 0o777).toString(8), uid === 0 ? 'root' : uid, gid === 0 ? 'root' : gid];
};
const number = (option: string) => Number(inRoot('id', option, 'goxel').stdout);

describe.runIf(ready)('the Debian package', () => {
  beforeAll(() => {
    buildBinary(binary, file);
    mkdirSync(root);
    execFileSync('tar', ['-xf', debianTar(), '-C', root, '--exclude=./dev/*']);
    install(file);
  }, 300_000);

  it.runIf(has('lintian'))('has nothing that lintian complains of', () => {
    const { stdout, status } = spawnSync('lintian', ['--allow-root', file], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it('makes the user, and everything with its owner and mode', () => {
    const [uid, gid] = [number('-u'), number('-g')];
    expect(inRoot('getent', 'passwd', 'goxel').stdout).toMatch(
      /:\/var\/lib\/goxel:\/usr\/sbin\/nologin$/m,
    );
    expect(uid).toBeLessThan(1000);
    expect(facts('usr/bin/goxel-daemon')).toEqual(['755', 'root', 'root']);
    expect(facts('etc/goxel')).toEqual(['750', 'root', gid]);
    expect(facts('etc/goxel/daemon_config.json')).toEqual(['640', 'root', gid]);
    for (const folder of ['lib', 'log', 'cache']) {
      expect(facts(`var/${folder}/goxel`)).toEqual(['750', uid, gid]);
    }
    expect(facts('usr/lib/systemd/system/goxel-daemon.service')).toEqual(['644', 'root', 'root']);
  });

  describe('under the restrictions of its unit', () => {
    let service: Namespace;

    beforeAll(async () => {
      const unit = new Unit(
        readFileSync(join(root, 'usr/lib/systemd/system/goxel-daemon.service'), 'utf8'),
      );
      expect([unit.one('User'), unit.one('Group')]).toEqual(['goxel', 'goxel']);
      service = startUnit(unit, root, `${number('-u')}:${number('-g')}`);
      while (service.run('/usr/bin/goxel-daemon', 'status').status !== 0) {
        if (/goxel-daemon: /.test(service.output)) throw new Error(service.output);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }, 120_000);
    afterAll(() => service.stop('SIGKILL'));

    /** One request on its socket, as root. */
    function call(
      method: string,
      params: object,
    ): { result?: Record<string, unknown>; error?: object } {
      const socket = join(root, 'run/goxel/goxel-daemon.sock');
      const script = `const s = require('net').connect(process.argv[1]); s.end(process.argv[2] + '\\n'); s.pipe(process.stdout);`;
      const request = JSON.stringify({ jsonrpc: '2.0', method, params, id: 1 });
      const { stdout } = service.runOutside(process.execPath, '-e', script, socket, request);
      return JSON.parse(stdout);
    }

    it('has no rights and gets none', () => {
      const status = service.runOutside('cat', join(root, 'proc/1/status')).stdout;
      const uid = number('-u');
      expect(status).toMatch(new RegExp(`^Uid:\t${uid}\t${uid}\t${uid}\t${uid}$`, 'm'));
      expect(status).toMatch(/^CapEff:\t0+$/m);
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    });

    it('has socket 0660, PID file 0644 and log 0640, also where the guide has them', () => {
      const [uid, gid] = [number('-u'), number('-g')];
      const stat = (path: string) =>
        service.runOutside('stat', '-L', '-c', '%a %u %g', join(root, path)).stdout.trim();
      expect(stat('run/goxel/goxel-daemon.sock')).toBe(`660 ${uid} ${gid}`);
      expect(stat('run/goxel/goxel-daemon.pid')).toBe(`644 ${uid} ${gid}`);
      expect(stat('var/log/goxel/goxel-daemon.log')).toBe(`640 ${uid} ${gid}`);
      for (const link of [
        'run/goxel-daemon.sock',
        'run/goxel-daemon.pid',
        'var/log/goxel-daemon.log',
      ]) {
        expect(lstatSync(join(root, link)).isSymbolicLink()).toBe(true);
      }
    });

    it('is found by whoever asks without saying where', () => {
      const asRoot = service.runOutside(
        '/usr/sbin/chroot',
        root,
        '/usr/bin/goxel-daemon',
        '--status',
      );
      expect(asRoot).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('is running (PID 1,'),
      });
    });

    it('is healthy for daemon_control.sh, as the guide says it', () => {
      copyFileSync(join(repository, 'scripts/daemon_control.sh'), join(root, 'daemon_control.sh'));
      const asRoot = ['/usr/sbin/chroot', root, '/bin/sh', '/daemon_control.sh', 'health'];
      const { status, stdout } = service.runOutside(...asRoot);
      expect(stdout).toMatch(
        /^pass {2}no errors in the last 100 lines of \/var\/log\/goxel-daemon.log$/m,
      );
      expect(status).toBe(0);
    });

    it('passes every line of the checklist once it is enabled, watched and saved', () => {
      const asRoot = ['/usr/sbin/chroot', root, '/usr/bin/goxel-daemon', 'doctor'];
      const before = service.runOutside(...asRoot);
      expect(before.status).toBe(1);
      const failed = before.stdout.split('\n').filter((line) => !line.startsWith('pass'));
      expect(failed).toEqual([
        'FAIL  the service is installed and starts at boot: systemctl enable goxel-daemon',
        expect.stringMatching(/^FAIL {2}alerts are configured: no file in \/etc\/prometheus has/),
        expect.stringMatching(/^FAIL {2}there is a fresh backup: GOXEL_BACKUP_DIRECTORY/),
        '',
      ]);
      // What systemctl enable does.
      const wants = join(root, 'etc/systemd/system/multi-user.target.wants');
      mkdirSync(wants, { recursive: true });
      symlinkSync(
        '/usr/lib/systemd/system/goxel-daemon.service',
        join(wants, 'goxel-daemon.service'),
      );
      mkdirSync(join(root, 'etc/prometheus/rules'), { recursive: true });
      const examples = join(root, 'usr/share/doc/goxel-daemon/examples');
      copyFileSync(join(examples, 'alerts.yml'), join(root, 'etc/prometheus/rules/goxel.yml'));
      mkdirSync(join(root, 'backup'));
      execFileSync('tar', [
        '-C',
        join(root, 'var/lib'),
        '-cf',
        join(root, 'backup/goxel.tar'),
        'goxel',
      ]);
      const after = service.runOutside('env', 'GOXEL_BACKUP_DIRECTORY=/backup', ...asRoot);
      expect(after.stdout).not.toMatch(/^FAIL/m);
      expect(after.status).toBe(0);
    });

    it('saves in its own folder and renders into its own, and nowhere else', () => {
      expect(call('goxel.add_voxel', { position: [1, -2, 3], color: '#112233' })).toHaveProperty(
        'result',
      );
      expect(call('goxel.save_project', { path: '/var/lib/goxel/mine.gox' })).toHaveProperty(
        'result',
      );
      expect(existsSync(join(root, 'var/lib/goxel/mine.gox'))).toBe(true);
      const picture = call('goxel.render_scene', { width: 16, height: 16 });
      expect(JSON.stringify(picture)).toContain('/var/cache/goxel/renders/');
      for (const path of ['/etc/goxel/mine.gox', '/usr/mine.gox', '/home/mine.gox', '/mine.gox']) {
        expect(call('goxel.save_project', { path })).toHaveProperty('error');
      }
    });

    it('cannot write elsewhere even if it tried', () => {
      const script =
        'for folder in / /etc /etc/goxel /usr /usr/bin /home /root /run /var /var/lib /var/log /dev /var/lib/goxel /tmp; do ' +
        '( : > "$folder/try" ) 2>/dev/null && echo "$folder"; done; cat /home/* /root/* 2>/dev/null';
      const { stdout } = service.run('/bin/sh', '-c', script);
      expect(stdout.trim().split('\n')).toEqual(['/var/lib/goxel', '/tmp']);
      // Its /tmp is nobody else's.
      expect(existsSync(join(root, 'tmp/try'))).toBe(false);
    });

    it('stops with code 0 and removes what is its own', async () => {
      expect(await service.stop()).toBe(0);
      expect(readdirSync(join(root, 'run/goxel'))).toEqual([]);
      const lines = readFileSync(join(root, 'var/log/goxel/goxel-daemon.log'), 'utf8')
        .trim()
        .split('\n');
      expect(JSON.parse(lines.at(-1)!)).toMatchObject({ level: 'info', message: 'Daemon stopped' });
    });
  });

  it('keeps the changed configuration when it is upgraded, and its modes', () => {
    const own = '{ "server": { "workers": 3 } }\n';
    writeFileSync(join(root, 'etc/goxel/daemon_config.json'), own);
    // A newer one with another configuration.
    const next = join(scratch, 'next');
    execFileSync('dpkg-deb', ['-R', file, next]);
    const control = join(next, 'DEBIAN/control');
    writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*/m, '$&+next'));
    writeFileSync(join(next, 'etc/goxel/daemon_config.json'), '{}\n');
    const newer = join(scratch, 'newer.deb');
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z1', '--build', next, newer]);
    install(newer);
    expect(inRoot('dpkg', '-s', 'goxel-daemon').stdout).toMatch(/^Version: .*\+next$/m);
    expect(readFileSync(join(root, 'etc/goxel/daemon_config.json'), 'utf8')).toBe(own);
    expect(facts('etc/goxel/daemon_config.json')).toEqual(['640', 'root', number('-g')]);
  });

  it('leaves configuration and projects when it is removed, and the projects when it is purged', () => {
    expect(inRoot('dpkg', '-r', 'goxel-daemon').status).toBe(0);
    expect(existsSync(join(root, 'usr/bin/goxel-daemon'))).toBe(false);
    expect(existsSync(join(root, 'etc/goxel/daemon_config.json'))).toBe(true);
    expect(inRoot('dpkg', '-P', 'goxel-daemon').status).toBe(0);
    expect(existsSync(join(root, 'etc/goxel/daemon_config.json'))).toBe(false);
    expect(existsSync(join(root, 'var/log/goxel'))).toBe(false);
    expect(existsSync(join(root, 'var/lib/goxel/mine.gox'))).toBe(true);
  });
});

/* What V8 tries and can do without; the test refuses them as the filter would. */
const REFUSED = ['pkey_alloc'];

describe.runIf(has('strace') && has('systemd-analyze'))(
  'the filter of system calls of the unit',
  () => {
    it('lets through all that the daemon needs in its life', () => {
      if (!existsSync(binary)) buildBinary(binary);
      const unit = new Unit(
        readFileSync(new URL('../../config/goxel-daemon.service', import.meta.url), 'utf8'),
      );
      const allowed = new Set<string>();
      for (const filter of unit.all('SystemCallFilter')) {
        for (const name of expand(filter.replace('~', '').split(' '))) {
          if (filter.startsWith('~')) allowed.delete(name);
          else allowed.add(name);
        }
      }
      expect(allowed.has('mount')).toBe(false);
      const summary = join(scratch, 'calls');
      const refuse = [
        '-e',
        `inject=${REFUSED.join(',')}:error=${unit.one('SystemCallErrorNumber')}`,
      ];
      const args = ['-f', '-c', '-o', summary, ...refuse, binary, '--test-lifecycle'];
      expect(spawnSync('strace', args).status).toBe(0);
      const used = [...readFileSync(summary, 'utf8').matchAll(/^ +[\d.]+ .* (\w+)$/gm)]
        .map(([, name]) => name!)
        .filter((name) => name !== 'total');
      expect(used.length).toBeGreaterThan(30);
      expect(used.filter((name) => !allowed.has(name) && !REFUSED.includes(name))).toEqual([]);
    });

    /** System calls by name, groups among them taken apart. */
    function expand(names: readonly string[]): string[] {
      return names.flatMap((name) => {
        if (!name.startsWith('@')) return [name];
        const listed = execFileSync('systemd-analyze', ['syscall-filter', name], {
          encoding: 'utf8',
        });
        return expand([...listed.matchAll(/^ +(@?[\w-]+)$/gm)].map(([, member]) => member!));
      });
    }
  },
);
