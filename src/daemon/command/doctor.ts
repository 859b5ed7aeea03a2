import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Config, type EffectiveConfig, isLoopback, readAddress } from '../config/index.js';
import { readTokens } from '../tokens.js';
import { NAME, VERSION } from '../version.js';
import { ask } from './control.js';
import {
  alertsProblem,
  backupProblem,
  binaryProblem,
  folderProblem,
  looserThan,
  type ServiceUser,
  serviceProblem,
  serviceUser,
  userProblem,
} from './installation.js';

interface Finding {
  readonly name: string;
  /** Null: passed. */
  readonly problem: string | null;
}

/** How long a page of the daemon may take, in ms. */
const PAGE_MS = 5000;

/**
 * The checklist for production: what the deployment guide lists, a line each with `pass` or `FAIL` and what to do.
 *
 * @returns the exit code: 0 when nothing failed.
 */
export async function doctor(effective: EffectiveConfig, asJson: boolean): Promise<number> {
  const { config } = effective;
  const user = serviceUser(config['daemon.user']);
  const findings = [
    {
      name: `the program ${NAME} ${VERSION} can be changed by its owner only`,
      problem: binaryProblem(),
    },
    { name: 'the service has a user without privileges', problem: userProblem(user) },
    ...folders(config, user),
    ...configuration(effective),
    { name: 'the service is installed and starts at boot', problem: serviceProblem() },
    ...(await running(config)),
    { name: 'logs are rotated', problem: rotationProblem(config) },
    { name: 'metrics can be scraped', problem: await metricsProblem(config) },
    { name: 'alerts are configured', problem: await alertsProblem() },
    {
      name: 'memory is bounded',
      problem: config['performance.max_memory_mb'] > 0 ? null : 'set performance.max_memory_mb',
    },
    { name: 'there is a fresh backup', problem: backupProblem() },
  ];
  print(findings, asJson);
  return findings.some(({ problem }) => problem !== null) ? 1 : 0;
}

function folders(config: Config, user: ServiceUser | null): Finding[] {
  const log = config['daemon.log_file'];
  const paths = [
    config['paths.data_directory'],
    config['render.directory'],
    ...(log === '' ? [] : [dirname(log)]),
  ];
  return paths.map((path) => ({
    name: `the service may write ${path}, and others may not`,
    problem: folderProblem(path, user),
  }));
}

function configuration({ config, file, warnings }: EffectiveConfig): Finding[] {
  const problem = file === null ? 'there is no file: /etc/goxel/daemon_config.json' : warnings[0];
  const findings: Finding[] = [
    {
      name: `the configuration is deployed and valid (${file ?? 'no file'})`,
      problem: problem ?? null,
    },
  ];
  const bits = 'chmod 0640';
  if (file) {
    findings.push({
      name: 'others can neither read nor change the configuration',
      problem: looserThan(file, 0o027, bits),
    });
  }
  const tokens = config['security.auth_token_file'];
  if (tokens !== '') {
    findings.push({
      name: 'only the owner can read the tokens',
      problem: looserThan(tokens, 0o077, 'chmod 0600'),
    });
  }
  return findings;
}

/** Health of the daemon that runs, and how it runs. */
async function running(config: Config): Promise<Finding[]> {
  const socket = config['daemon.socket_path'];
  const status = await ask(socket, 'status').catch((error: Error) => error);
  const name = `health checks pass on ${socket}`;
  if (status instanceof Error) return [{ name, problem: `${status.message}; start it` }];
  return [
    {
      name,
      problem: status.state === 'ready' ? await readyProblem(config) : `it is ${status.state}`,
    },
    {
      name: 'it has the version of this program',
      problem: status.version === VERSION ? null : `it is ${status.version}: restart it`,
    },
    { name: 'the socket is closed to others', problem: looserThan(socket, 0o007, 'chmod 0660') },
    {
      name: 'it does not run as root',
      problem: statSync(socket).uid === 0 ? 'set daemon.user, or User= in the unit' : null,
    },
    { name: 'it is hardened: no rights, and none to be had', problem: rightsProblem(status.pid) },
  ];
}

/** What /readyz says, where there is one. */
async function readyProblem(config: Config): Promise<string | null> {
  if (!config['monitoring.enable_health_check']) return 'set monitoring.enable_health_check';
  if (config['monitoring.http_address'] === '') return null;
  const page = await fetchPage(config, '/readyz');
  return typeof page === 'string' ? page : page.ok ? null : `/readyz: ${await page.text()}`;
}

function rightsProblem(pid: unknown): string | null {
  if (process.platform !== 'linux') return null;
  const status = existsSync(`/proc/${pid}/status`) && readFileSync(`/proc/${pid}/status`, 'utf8');
  if (!status) return `/proc/${pid} cannot be seen from here: ask beside the daemon`;
  if (!/^CapEff:\t0+$/m.test(status))
    return 'it has capabilities: CapabilityBoundingSet= in the unit';
  return /^NoNewPrivs:\t1$/m.test(status) ? null : 'NoNewPrivileges=true in the unit';
}

function rotationProblem(config: Config): string | null {
  if (config['daemon.log_file'] === '' || config['logging.rotation.enabled']) return null;
  const isOutside = existsSync('/etc/logrotate.d/goxel-daemon');
  return isOutside ? null : 'set logging.rotation.enabled, or install goxel-daemon.logrotate';
}

async function metricsProblem(config: Config): Promise<string | null> {
  if (!config['monitoring.enable_metrics']) return 'set monitoring.enable_metrics';
  if (config['monitoring.http_address'] === '') return 'set monitoring.http_address';
  const page = await fetchPage(config, config['monitoring.metrics_endpoint']);
  if (typeof page === 'string') return page;
  return page.ok && (await page.text()).includes('goxel_ready 1')
    ? null
    : `${config['monitoring.metrics_endpoint']} answers with ${page.status}`;
}

/** A page of the daemon's HTTP listener, or why there is none. */
async function fetchPage(config: Config, path: string): Promise<Response | string> {
  const { host, port } = readAddress(config['monitoring.http_address'], 'http');
  const name = isLoopback(host) ? host : '127.0.0.1';
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}${path}`;
  const headers = authorization(config);
  return fetch(url, { headers, signal: AbortSignal.timeout(PAGE_MS) }).catch(
    (error: Error) => `${url}: ${(error.cause as Error | undefined)?.message ?? error.message}`,
  );
}

function authorization(config: Config): Record<string, string> {
  const path = config['security.auth_token_file'];
  if (path === '' || !existsSync(path)) return {};
  try {
    const reader = readTokens(path).tokens.find(({ scopes }) => scopes.includes('read'));
    return reader ? { authorization: `Bearer ${reader.token}` } : {};
  } catch {
    // Who may not read it is told by the page.
    return {};
  }
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
