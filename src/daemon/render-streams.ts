import { GoxelError } from '../base/index.js';
import { wireJson } from '../protocol/index.js';
import type { Caller } from './caller.js';

export interface StreamOptions {
  readonly streamId: string;
  readonly projectId: string;
  readonly width: number;
  readonly height: number;
  /** Most frames a second. */
  readonly fps: number;
}

/** A picture of the present version of the project of a stream. */
export type RenderFrame = (
  signal: AbortSignal,
) => Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly revision: number }>;

interface Stream {
  readonly caller: Caller;
  readonly options: StreamOptions;
  readonly render: RenderFrame;
  readonly abort: AbortController;
  frames: number;
  /** There is something that the client has not seen. */
  isStale: boolean;
  isBusy: boolean;
}

const PER_CONNECTION_MAX = 4;
/** A client with so many bytes unread gets its next frame when it has read. */
const BACKLOG_MAX = 1024 * 1024;

/**
 * Pictures that follow a project: a frame at first, then one after changes, no more often than asked for, as notifications `render.frame`. Frames are
 * never queued: a change during a frame, or while the client does not read, leads to one new frame afterwards.
 */
export class RenderStreams {
  readonly #streams = new Set<Stream>();

  /** @throws GoxelError `invalid_edit` on a door that cannot be written to unasked, `limit_exceeded`. */
  start(caller: Caller, options: StreamOptions, render: RenderFrame): void {
    if (!caller.notify) {
      throw new GoxelError(
        'invalid_edit',
        `a ${caller.door} request cannot be answered later: stream over a socket or a WebSocket`,
      );
    }
    this.stop(caller, options.streamId);
    const own = [...this.#streams].filter((stream) => stream.caller === caller).length;
    if (own >= PER_CONNECTION_MAX) {
      throw new GoxelError(
        'limit_exceeded',
        `a connection has at most ${PER_CONNECTION_MAX} streams`,
        {
          limit: PER_CONNECTION_MAX,
          value: own + 1,
        },
      );
    }
    const abort = new AbortController();
    const state = { frames: 0, isStale: true, isBusy: false };
    const stream: Stream = { caller, options, render, abort, ...state };
    this.#streams.add(stream);
    caller.signal.addEventListener('abort', () => this.#end(stream), { once: true });
    // After the answer to the call.
    setImmediate(() => void this.#next(stream));
  }

  /** @returns whether there was such a stream of the caller. */
  stop(caller: Caller, streamId: string): boolean {
    for (const stream of this.#streams) {
      if (stream.caller !== caller || stream.options.streamId !== streamId) continue;
      this.#end(stream);
      return true;
    }
    return false;
  }

  /** Tells that a project has changed. */
  changed(projectId: string): void {
    for (const stream of this.#streams) {
      if (stream.options.projectId !== projectId) continue;
      stream.isStale = true;
      if (!stream.isBusy) void this.#next(stream);
    }
  }

  /** Ends the streams of a project. */
  closed(projectId: string): void {
    for (const stream of this.#streams) {
      if (stream.options.projectId === projectId) this.#end(stream);
    }
  }

  close(): void {
    for (const stream of this.#streams) this.#end(stream);
  }

  #end(stream: Stream): void {
    this.#streams.delete(stream);
    stream.abort.abort();
  }

  /** Sends a frame, then waits for as long as the rate says, and again if something has changed meanwhile. */
  async #next(stream: Stream): Promise<void> {
    stream.isBusy = true;
    while (stream.isStale && this.#streams.has(stream)) {
      const dueMs = performance.now() + 1000 / stream.options.fps;
      if (stream.caller.backlog!() <= BACKLOG_MAX) {
        stream.isStale = false;
        await this.#send(stream);
      }
      const waitMs = Math.max(0, dueMs - performance.now());
      await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
    }
    stream.isBusy = false;
  }

  async #send(stream: Stream): Promise<void> {
    const { width, height, streamId, projectId } = stream.options;
    let frame: Awaited<ReturnType<RenderFrame>>;
    try {
      frame = await stream.render(stream.abort.signal);
    } catch (error) {
      if (!(error instanceof GoxelError)) throw error;
      // Ended, or all workers are busy: the next round tries again.
      stream.isStale = true;
      return;
    }
    if (!this.#streams.has(stream)) return;
    const params = {
      streamId,
      projectId,
      frame: stream.frames++,
      revision: frame.revision,
      width,
      height,
      format: 'png',
      imageData: Buffer.from(frame.bytes).toString('base64'),
    };
    stream.caller.notify!(`{"jsonrpc":"2.0","method":"render.frame","params":${wireJson(params)}}`);
  }
}
