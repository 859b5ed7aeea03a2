import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EffectiveConfig } from '../config/index.js';
import { NAME, VERSION } from '../version.js';
import { ask } from './control.js';

interface Finding {
  readonly name: string;
  /** Null: passed. */
  readonly problem: string | null;
}

/** Checks an installation, a line each with `pass` or `FAIL` and what to do; 0 when nothing failed. */
export async function doctor(effective: EffectiveConfig, asJson: boolean): Promise<number> {
  const { config, file, warnings } = effective;
  const findings: Finding[] = [];
  const check = (name: string, problem: string | null) => findings.push({ name, problem });
  check(`${NAME} ${VERSION} runs on node ${process.versions.node}`, null);
  check(`configuration is valid (${file ?? 'no file'})`, warnings[0] ?? null);
  if (file) check('others cannot write the configuration', looserThan(file, 0o002));
  const token = config['security.auth_token_file'];
  if (token !== '') check('only the owner can read the tokens', looserThan(token, 0o077));
  for (const key of ['paths.data_directory', 'render.directory'] as const) {
    check(`${key} can be written: ${config[key]}`, notWritable(config[key]));
  }
  const log = config['daemon.log_file'];
  if (log !== '') {
    check(`the folder of the log can be written: ${dirname(log)}`, notWritable(dirname(log)));
    const rotates =
      config['logging.rotation.enabled'] || existsSync('/etc/logrotate.d/goxel-daemon');
    check('logs are rotated', rotates ? null : 'set logging.rotation.enabled or install logrotate');
  }
  const socket = config['daemon.socket_path'];
  const status = await ask(socket, 'status').catch((error: Error) => error);
  const running = !(status instanceof Error);
  check(`a daemon answers on ${socket}`, running ? null : `${(status as Error).message}; start it`);
  if (running) {
    const same = status.version === VERSION;
    check(
      'it has the version of this program',
      same ? null : `it is ${status.version}: restart it`,
    );
    check('the socket is closed to others', looserThan(socket, 0o007));
    const root = statSync(socket).uid === 0;
    check('it does not run as root', root ? 'set daemon.user, or User= in the unit' : null);
  }
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    const unit = ['/etc', '/usr/lib', '/lib'].some((root) =>
      existsSync(`${root}/systemd/system/goxel-daemon.service`),
    );
    check(
      'the systemd unit is installed',
      unit ? null : 'scripts/daemon_control.sh install-systemd',
    );
  }
  const limit = config['performance.max_memory_mb'];
  check('memory is bounded', limit > 0 ? null : 'set performance.max_memory_mb');
  const metrics = config['monitoring.http_address'] !== '' && config['monitoring.enable_metrics'];
  check('metrics can be scraped', metrics ? null : 'set monitoring.http_address');
  print(findings, asJson);
  return findings.some(({ problem }) => problem !== null) ? 1 : 0;
}

function print(findings: readonly Finding[], asJson: boolean): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ findings })}\n`);
    return;
  }
  for (const { name, problem } of findings) {
    process.stdout.write(problem === null ? `pass  ${name}\n` : `FAIL  ${name}: ${problem}\n`);
  }
}

function looserThan(path: string, bits: number): string | null {
  if (process.platform === 'win32') return null;
  try {
    const mode = statSync(path).mode & 0o777;
    return mode & bits ? `${path} has mode 0${mode.toString(8)}: chmod it` : null;
  } catch (error) {
    return `${path}: ${(error as NodeJS.ErrnoException).code}`;
  }
}

/** Of a folder that is made when it is needed, the one that exists above it counts. */
function notWritable(folder: string): string | null {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  try {
    accessSync(at, constants.W_OK);
    return null;
  } catch {
    return `${at} cannot be written by this user`;
  }
}
