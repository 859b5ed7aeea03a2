import { GoxelError } from '../base/index.js';
import {
  BLOCK_SIZE,
  BLOCK_VOXELS,
  type Box,
  diffBlocks,
  type ProjectDiff,
  readBlock,
  type StepChange,
  toRgba,
  uniteBoxes,
} from '../engine/index.js';
import { toSnake, wireJson } from '../protocol/index.js';
import type { Caller } from './caller.js';
import type { ChangeEntry } from './change-log.js';
import type { OpenProject } from './workspace.js';

/** What a client can hear of. */
export const EVENTS = ['change', 'close', 'job'] as const;
export type EventName = (typeof EVENTS)[number];

export interface SubscriptionOptions {
  readonly events: readonly EventName[];
  /** Null: all projects. */
  readonly projectId: string | null;
  /** Changes of more voxels come as a box and a count. */
  readonly maxVoxels: number;
  /** `event`: as documents of the original have it, `daemon.event {event, data}`. */
  readonly form: 'goxel' | 'event';
}

interface Subscription extends SubscriptionOptions {
  readonly id: string;
  readonly caller: Caller;
  /** It did not read: changes are dropped until it does, then it is told to read anew. */
  lagging: Set<string> | null;
}

/** A client with so many bytes unread is slow. */
const BACKLOG_MAX = 1024 * 1024;
const PER_CONNECTION_MAX = 64;
const RETRY_MS = 200;

/**
 * Who wants to hear of what. Notifications go out as they happen; nothing is queued for a slow reader: when it reads again it gets one
 * `resync` with the present revision instead of what it missed.
 */
export class Subscriptions {
  readonly #all = new Map<string, Subscription>();
  readonly #projects: () => readonly OpenProject[];
  #made = 0;
  #retry: NodeJS.Timeout | null = null;

  constructor(projects: () => readonly OpenProject[]) {
    this.#projects = projects;
  }

  get size(): number {
    return this.#all.size;
  }

  /**
   * @throws GoxelError `invalid_edit` on a door that cannot be written to unasked, `limit_exceeded`.
   */
  add(caller: Caller, options: SubscriptionOptions): string {
    if (!caller.notify) {
      throw new GoxelError(
        'invalid_edit',
        `a ${caller.door} request cannot be answered later: subscribe over a socket or a WebSocket`,
      );
    }
    let own = 0;
    for (const other of this.#all.values()) if (other.caller === caller) own++;
    if (own >= PER_CONNECTION_MAX) {
      throw new GoxelError(
        'limit_exceeded',
        `a connection has at most ${PER_CONNECTION_MAX} subscriptions`,
        { limit: PER_CONNECTION_MAX, value: own + 1 },
      );
    }
    const id = `s${++this.#made}`;
    this.#all.set(id, { ...options, id, caller, lagging: null });
    caller.signal.addEventListener('abort', () => this.#all.delete(id), { once: true });
    return id;
  }

  /** @returns whether there was such a subscription of the caller. */
  remove(caller: Caller, id: string): boolean {
    return this.#all.get(id)?.caller === caller && this.#all.delete(id);
  }

  /** Sends a subscriber what it has missed since a revision, or tells it to read anew. */
  replay(id: string, open: OpenProject, since: number): 'replayed' | 'resync' {
    const subscription = this.#all.get(id)!;
    const missed = open.changes.since(since, open.revision);
    if (!missed) {
      this.#resync(subscription, open);
      return 'resync';
    }
    for (const entry of missed) this.#changeTo(subscription, open.id, entry);
    return 'replayed';
  }

  /** Tells of a change. */
  change(open: OpenProject, entry: ChangeEntry): void {
    for (const subscription of this.#all.values()) {
      if (hears(subscription, 'change', open.id)) this.#changeTo(subscription, open.id, entry);
    }
  }

  /** Tells that a project was closed. */
  closed(projectId: string): void {
    this.#tell('close', projectId, { projectId });
  }

  /** Tells how a job goes. */
  job(facts: object, projectId: string | null): void {
    this.#tell('job', projectId, facts);
  }

  close(): void {
    if (this.#retry) clearTimeout(this.#retry);
    this.#all.clear();
  }

  #tell(event: EventName, projectId: string | null, data: object): void {
    for (const subscription of this.#all.values()) {
      if (!hears(subscription, event, projectId)) continue;
      if (subscription.caller.backlog!() > BACKLOG_MAX) continue;
      notify(subscription, event, data);
    }
  }

  #changeTo(subscription: Subscription, projectId: string, entry: ChangeEntry): void {
    const { caller } = subscription;
    if (subscription.lagging || caller.backlog!() > BACKLOG_MAX) {
      subscription.lagging ??= new Set();
      subscription.lagging.add(projectId);
      this.#retryLater();
      return;
    }
    notify(subscription, 'change', {
      projectId,
      revision: entry.revision,
      label: entry.label,
      by: entry.by,
      ...describeChange(entry.change, subscription.maxVoxels),
    });
  }

  #retryLater(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = null;
      for (const subscription of this.#all.values()) {
        const { lagging } = subscription;
        if (!lagging) continue;
        if (subscription.caller.backlog!() > 0) {
          this.#retryLater();
          continue;
        }
        subscription.lagging = null;
        for (const open of this.#projects()) {
          if (lagging.has(open.id)) this.#resync(subscription, open);
        }
      }
    }, RETRY_MS).unref();
  }

  #resync(subscription: Subscription, open: OpenProject): void {
    notify(subscription, 'resync', { projectId: open.id, revision: open.revision });
  }
}

function hears(
  { events, projectId: wanted }: Subscription,
  event: EventName,
  projectId: string | null,
): boolean {
  return events.includes(event) && (wanted === null || wanted === projectId);
}

function notify({ id, caller, form }: Subscription, event: string, data: object): void {
  const [method, params] =
    form === 'goxel'
      ? ['goxel.event', { subscription: id, event, ...data }]
      : ['daemon.event', { subscription: id, event, data }];
  caller.notify!(`{"jsonrpc":"2.0","method":"${method}","params":${wireJson(params)}}`);
}

/** A change for the wire: `[x, y, z, r, g, b, a]` a voxel, all 0 where it is gone; the names of other fields that changed. */
export function describeChange(change: StepChange, maxVoxels: number): object {
  if (change.voxel) {
    const { layerId, x, y, z, after } = change.voxel;
    return { layers: [{ id: layerId, voxels: [[x, y, z, ...toRgba(after)]] }] };
  }
  const { diff } = change;
  const fields = diff.fields.map(({ key }) => toSnake(key));
  const volumes = describeVolumes(diff, maxVoxels);
  return {
    ...(volumes.length > 0 ? { layers: volumes } : {}),
    ...(diff.layers.length > 0
      ? {
          changedLayers: diff.layers.map(({ id, after }) => ({ id, removed: after === null })),
        }
      : {}),
    ...(diff.order ? { order: [...diff.order.after] } : {}),
    ...(fields.length > 0 ? { fields } : {}),
  };
}

const before = new Uint32Array(BLOCK_VOXELS);
const after = new Uint32Array(BLOCK_VOXELS);

function describeVolumes(diff: ProjectDiff, maxVoxels: number): object[] {
  return diff.volumes.map((volume) => {
    const voxels: number[][] = [];
    let changed = 0;
    let box: Box | null = null;
    diffBlocks(volume.before, volume.after, (a, b, bx, by, bz) => {
      const min = [bx * BLOCK_SIZE, by * BLOCK_SIZE, bz * BLOCK_SIZE] as const;
      const max = [min[0] + BLOCK_SIZE, min[1] + BLOCK_SIZE, min[2] + BLOCK_SIZE] as const;
      box = uniteBoxes(box, { min, max });
      if (changed > maxVoxels) return;
      if (a) readBlock(a, before);
      else before.fill(0);
      if (b) readBlock(b, after);
      else after.fill(0);
      for (let i = 0; i < BLOCK_VOXELS; i++) {
        if (before[i] === after[i]) continue;
        changed++;
        if (changed > maxVoxels) break;
        const x = min[0] + (i & 15);
        const y = min[1] + ((i >> 4) & 15);
        const z = min[2] + (i >> 8);
        voxels.push([x, y, z, ...toRgba(after[i]!)]);
      }
    });
    if (changed <= maxVoxels) return { id: volume.layerId, voxels };
    // To whole blocks: a client reads the box anew.
    const { min, max } = box as unknown as Box;
    return {
      id: volume.layerId,
      truncated: true,
      bounds: { min: [...min], max: max.map((v) => v - 1) },
    };
  });
}
