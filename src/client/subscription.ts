import { keysToCamel } from '../protocol/index.js';

export interface SubscribeOptions {
  /** Default: change and close. */
  readonly events?: readonly ('change' | 'close' | 'job')[];
  /** Absent: the active project, as it is when the subscription begins. */
  readonly projectId?: string;
  readonly allProjects?: boolean;
  /** A revision that is known: the changes after it come first, or one `resync`. */
  readonly since?: number;
  /** Changes of more voxels come as a box, to be read anew. Default 1000. */
  readonly maxVoxels?: number;
}

/** What happened to the voxels of a layer: `[x, y, z, r, g, b, a]` each, all 0 where it is gone, or a box to read anew. */
export interface LayerChange {
  readonly id: number;
  readonly voxels?: readonly (readonly number[])[];
  readonly truncated?: true;
  readonly bounds?: { readonly min: readonly number[]; readonly max: readonly number[] };
}

export interface ChangeEvent {
  readonly event: 'change';
  readonly projectId: string;
  readonly revision: number;
  /** The method, or `undo` and the method. */
  readonly label: string;
  /** Who made it. */
  readonly by: string;
  readonly layers?: readonly LayerChange[];
  readonly changedLayers?: readonly { readonly id: number; readonly removed: boolean }[];
  readonly order?: readonly number[];
  readonly fields?: readonly string[];
}

export interface CloseEvent {
  readonly event: 'close';
  readonly projectId: string;
}

export interface JobEvent {
  readonly event: 'job';
  readonly jobId: string;
  readonly method: string;
  readonly status: 'running' | 'done' | 'failed' | 'cancelled';
  readonly projectId: string | null;
}

/** Something was missed: read anew. Null: all projects, at whatever revision they are. */
export interface ResyncEvent {
  readonly event: 'resync';
  readonly projectId: string | null;
  readonly revision: number | null;
}

export type ProjectEvent = ChangeEvent | CloseEvent | JobEvent | ResyncEvent;

/** Events that nobody has taken yet; one more and all of them become one `resync`. */
const EVENTS_MAX = 10_000;

/**
 * Events of projects, as they happen. They are taken with `for await`, or by a listener.
 *
 * ```ts
 * const changes = await client.subscribe();
 * for await (const event of changes) if (event.event === 'change') console.log(event.revision, event.by);
 * ```
 */
export class Subscription implements AsyncIterable<ProjectEvent> {
  readonly options: SubscribeOptions;
  readonly #closed: (id: string | null) => void;
  readonly #listeners = new Set<(event: ProjectEvent) => void>();
  #events: ProjectEvent[] = [];
  #wake: () => void = () => {};
  #isOpen = true;
  #error: Error | null = null;
  /** Of the daemon; null while there is no connection. */
  id: string | null = null;
  projectId: string | null = null;
  /** The last one that was told of, of a subscription to one project. */
  revision: number | null = null;

  /** @param closed - Told once, when it is closed from here. */
  constructor(options: SubscribeOptions, closed: (id: string | null) => void) {
    this.options = options;
    this.#closed = closed;
  }

  /** From now on events go to the listener, those that nobody has taken yet first; @returns what stops it. */
  listen(listener: (event: ProjectEvent) => void): () => void {
    this.#listeners.add(listener);
    for (const event of this.#events.splice(0)) listener(event);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#closed(this.id);
    this.end(null);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Ends with `close()`; throws when the connection is lost for good. */
  async *[Symbol.asyncIterator](): AsyncIterator<ProjectEvent> {
    try {
      for (;;) {
        const event = this.#events.shift();
        if (event) yield event;
        else if (this.#error) throw this.#error;
        else if (!this.#isOpen) return;
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.close();
    }
  }

  /** For the client: an event has come. */
  push(event: ProjectEvent): void {
    if (!this.#isOpen) return;
    if (event.event === 'change' || event.event === 'resync') this.revision = event.revision;
    if (this.#listeners.size > 0) {
      for (const listener of [...this.#listeners]) listener(event);
      return;
    }
    if (this.#events.length >= EVENTS_MAX) {
      const { projectId, revision } = this;
      this.#events = [{ event: 'resync', projectId, revision }];
    } else this.#events.push(event);
    this.#wake();
  }

  /** For the client: no more events will come. */
  end(error: Error | null): void {
    this.#isOpen = false;
    this.#error = error;
    this.#wake();
  }
}

interface Subscribed {
  readonly subscriptionId: string;
  readonly projectId: string | null;
  readonly revision: number | null;
}

interface SubscribeParams {
  events?: string[];
  projectId?: string;
  allProjects?: boolean;
  since?: number;
  maxVoxels?: number;
}

/** So many events may come before the answer that says whose they are. */
const EARLY_MAX = 4096;

/** The subscriptions of a client, which are made again after a reconnect. */
export class Subscriptions {
  readonly #subscribe: (params: SubscribeParams) => Promise<Subscribed>;
  readonly #all = new Set<Subscription>();
  readonly #byId = new Map<string, Subscription>();
  /** Events of subscriptions whose id is not known yet: what was missed comes before the answer. */
  #early: { id: string; event: ProjectEvent }[] = [];
  #pending = 0;

  constructor(subscribe: (params: SubscribeParams) => Promise<Subscribed>) {
    this.#subscribe = subscribe;
  }

  async add(subscription: Subscription): Promise<void> {
    const { events, ...options } = subscription.options;
    await this.#start(subscription, { ...options, ...(events ? { events: [...events] } : {}) });
    this.#all.add(subscription);
  }

  remove(subscription: Subscription): void {
    this.#all.delete(subscription);
    if (subscription.id !== null) this.#byId.delete(subscription.id);
  }

  receive(method: string, params: unknown): void {
    if (method !== 'goxel.event') return;
    const { subscription: id, ...event } = keysToCamel(params) as { subscription: string };
    const subscription = this.#byId.get(id);
    if (subscription) subscription.push(event as ProjectEvent);
    else if (this.#pending > 0 && this.#early.length < EARLY_MAX) {
      this.#early.push({ id, event: event as ProjectEvent });
    }
  }

  /** After a reconnect. What cannot be resumed is told to read anew; one whose project is gone ends. */
  resume(restarted: boolean): void {
    this.#byId.clear();
    this.#early = [];
    for (const subscription of this.#all) {
      subscription.id = null;
      void this.#resume(subscription, restarted).catch((error: Error) => {
        // Lost once more: the next reconnect comes here again.
        if ((error as { kind?: string }).kind === 'connection_lost') return;
        this.#all.delete(subscription);
        subscription.end(error);
      });
    }
  }

  end(cause: Error | null): void {
    for (const subscription of this.#all) subscription.end(cause);
    this.#all.clear();
    this.#byId.clear();
  }

  async #resume(subscription: Subscription, restarted: boolean): Promise<void> {
    const { events, since: _, ...options } = subscription.options;
    const { projectId, revision } = subscription;
    // Revisions of another process are other revisions.
    const since = restarted || revision === null ? {} : { since: revision };
    await this.#start(subscription, {
      ...options,
      ...(events ? { events: [...events] } : {}),
      ...(projectId === null ? {} : { projectId }),
      ...since,
    });
    if (!('since' in since)) {
      const { projectId: id, revision: now } = subscription;
      subscription.push({ event: 'resync', projectId: id, revision: now });
    }
  }

  async #start(subscription: Subscription, params: SubscribeParams): Promise<void> {
    this.#pending++;
    try {
      const { subscriptionId, projectId, revision } = await this.#subscribe(params);
      subscription.id = subscriptionId;
      subscription.projectId = projectId;
      this.#byId.set(subscriptionId, subscription);
      const early = this.#early.filter(({ id }) => id === subscriptionId);
      this.#early = this.#early.filter(({ id }) => id !== subscriptionId);
      for (const { event } of early) subscription.push(event);
      subscription.revision ??= revision;
    } finally {
      this.#pending--;
      if (this.#pending === 0) this.#early = [];
    }
  }
}
