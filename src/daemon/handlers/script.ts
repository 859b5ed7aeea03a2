import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { GoxelError } from '../../base/index.js';
import { forEachVoxelSorted, type Project } from '../../engine/index.js';
import { JsonText, type Params } from '../../protocol/index.js';
import { whoIs } from '../caller.js';
import { checkArgs, readHeader, ScriptLibrary } from '../script-library.js';
import type { Services } from '../services.js';
import type { ScriptAnswer } from '../workers/tasks.js';
import { applyPackedDiff } from '../workers/transfer.js';
import { effectOf } from './changes.js';
import { namedVoxels } from './layer-refs.js';
import type { CallCells, Reads, ServiceHandlers } from './types.js';

type ScriptParams = Params<'goxel.execute_script'>;

const MiB = 1024 * 1024;

/**
 * The sandbox looks at the clock between instructions. One instruction can take for ever, such as sorting an array of 2³² places: then the thread is stopped,
 * this long after the script's time is over.
 */
const GRACE_MS = 500;

export const scriptServices: Pick<ServiceHandlers, 'goxel.execute_script' | 'goxel.list_scripts'> =
  {
    'goxel.execute_script': async (daemon, params, call) => {
      const { code, name } = await readScript(daemon, params);
      const args = checkArgs(readHeader(code).params, params.args ?? {});
      const open = daemon.project(params.projectId);
      if (open.readOnly) {
        throw new GoxelError('read_only', `project ${open.id} was opened read-only`, {
          project_id: open.id,
        });
      }
      return open.turn(async () => {
        const before = open.project;
        const answer = await daemon.pool.run<'script'>(
          {
            kind: 'script',
            request: {
              code,
              name,
              args,
              seed: params.seed,
              timeoutMs: params.timeoutMs,
              memoryBytes: params.memoryMb * MiB,
              maxVoxels: params.maxVoxels,
            },
          },
          { id: open.id, project: before },
          { signal: call.deadline(), runMs: params.timeoutMs + GRACE_MS },
        );
        const after = answer.diff ? applyPackedDiff(before, answer.diff) : before;
        open.commit(after, 'goxel.execute_script', whoIs(call.caller));
        return describe(answer, before, after, open.revision);
      });
    },

    'goxel.list_scripts': async (daemon) => {
      const library = libraryOf(daemon);
      const scripts = await library.list();
      return {
        folder: library.folder,
        count: scripts.length,
        scripts: scripts.map(({ name, path, description, params }) => ({
          name,
          path,
          description,
          params: params.map((param) => ({ ...param })),
        })),
      };
    },
  };

export const scriptReads: Pick<Reads, 'goxel.hash_voxels'> = {
  'goxel.hash_voxels': (project, { layerId }) => {
    const { volume } = namedVoxels(project, layerId);
    const hash = createHash('sha256');
    // x, y, z and colour of each voxel in the order of answers, as 32-bit little-endian numbers, thousands at a time.
    const records = new Int32Array(4 * 4096);
    let filled = 0;
    forEachVoxelSorted(volume, (x, y, z, color) => {
      records.set([x, y, z, color | 0], filled);
      filled += 4;
      if (filled === records.length) {
        hash.update(records);
        filled = 0;
      }
      return true;
    });
    hash.update(records.subarray(0, filled));
    return { hash: `sha256:${hash.digest('hex')}`, count: volume.count };
  },
};

export const scriptCells: CallCells = {
  'goxel.hash_voxels': (project, { layerId }) => {
    try {
      return namedVoxels(project, layerId).volume.count;
    } catch {
      // The call itself will say what is wrong with the layer.
      return 0;
    }
  },
};

function libraryOf(daemon: Services): ScriptLibrary {
  return new ScriptLibrary(join(daemon.config()['paths.data_directory'], 'scripts'));
}

async function readScript(
  daemon: Services,
  { script, path, name }: ScriptParams,
): Promise<{ code: string; name: string }> {
  if (script !== undefined) return { code: script, name: fileName(name ?? 'script.js') };
  if (path !== undefined) {
    const file = await daemon.files.read(path);
    return { code: Buffer.from(file.bytes).toString('utf8'), name: fileName(basename(file.path)) };
  }
  if (name === undefined) {
    throw new GoxelError(
      'invalid_params',
      "Must specify either 'script' (code) or 'path' parameter",
      { param: 'script' },
    );
  }
  const found = await libraryOf(daemon).get(name);
  return { code: found.code, name: fileName(basename(found.path)) };
}

/** A name that places in stacks can be told by. */
function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, '_').slice(0, 64) || 'script.js';
}

function describe(answer: ScriptAnswer, before: Project, after: Project, revision: number) {
  const { error, logs, durationMs } = answer;
  if (error?.kind === 'timeout') {
    throw new GoxelError('timeout', error.message, { stack: [...error.stack] });
  }
  const effect = effectOf(before, after);
  const code = error ? 1 : 0;
  return {
    success: !error,
    code,
    message: error
      ? `Script execution failed with code ${code}: ${error.message}`
      : 'Script executed successfully',
    result: new JsonText(answer.resultJson),
    output: logs.map(({ text }) => `${text}\n`).join(''),
    logs: logs.map((entry) => ({ ...entry })),
    executionTimeMs: durationMs,
    voxelsChanged: effect.changed,
    ...effect,
    revision,
    ...(error
      ? {
          error: error.message,
          kind: error.kind,
          line: error.line,
          column: error.column,
          stack: [...error.stack],
        }
      : {}),
  };
}
