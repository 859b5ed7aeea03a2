import type { ErrorCode, ErrorData } from '../../base/index.js';
import type { Attachment, MethodName } from '../../protocol/index.js';
import type { ImageJob, ImageRequestData } from '../render-job.js';
import type { ScriptOutcome, ScriptRequest } from '../script/sandbox.js';
import type { TextRequest } from './text.js';
import type { DiffMessage, ProjectMessage } from './transfer.js';

/** What a worker can be asked to do. Plain data: a task can be cloned, queued and described. */
export type Task =
  | {
      readonly kind: 'edit';
      readonly method: MethodName;
      readonly params: unknown;
      readonly project: ProjectMessage;
    }
  | {
      readonly kind: 'read';
      readonly method: MethodName;
      /** As it was called; decides the shape of the result. */
      readonly name: string;
      readonly params: unknown;
      readonly project: ProjectMessage;
    }
  | {
      readonly kind: 'script';
      readonly request: ScriptRequest;
      readonly project: ProjectMessage;
    }
  | { readonly kind: 'text'; readonly request: TextRequest }
  | {
      readonly kind: 'load';
      readonly bytes: Uint8Array;
      readonly fileName: string;
      readonly format: string | null;
    }
  | {
      readonly kind: 'save';
      readonly project: ProjectMessage;
      readonly format: string;
      readonly options: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'view'; readonly project: ProjectMessage; readonly request: ImageRequestData }
  | {
      readonly kind: 'render';
      readonly project: ProjectMessage;
      readonly job: ImageJob;
      /** Rows y0 ≤ y < y1 of `pixels`, which all workers share. */
      readonly y0: number;
      readonly y1: number;
      readonly pixels: SharedArrayBuffer;
    }
  | {
      readonly kind: 'png';
      readonly pixels: SharedArrayBuffer;
      readonly width: number;
      readonly height: number;
    };

/** What a script did. */
export interface ScriptAnswer extends Omit<ScriptOutcome, 'project'> {
  /** Null when nothing changed. */
  readonly diff: DiffMessage | null;
  readonly durationMs: number;
}

export interface TaskResults {
  /** `diff` is null when nothing changed. */
  edit: { readonly diff: DiffMessage | null; readonly result: unknown };
  /** The result as JSON text, in the spelling of the wire, without `revision`; and bytes that travel beside it. */
  read: { readonly json: string; readonly attachment: Attachment | null };
  script: ScriptAnswer;
  /** See `textRuns`. */
  text: Int32Array;
  load: {
    readonly project: ProjectMessage;
    readonly format: string;
    readonly formatVersion: number | null;
    readonly warnings: readonly string[];
  };
  save: { readonly bytes: Uint8Array<ArrayBuffer>; readonly warnings: readonly string[] };
  view: ImageJob;
  render: null;
  png: { readonly bytes: Uint8Array<ArrayBuffer> };
}

export type TaskResult<K extends Task['kind']> = TaskResults[K];

/** An error on its way to the main thread. */
export interface ErrorMessage {
  /** Null: not one of ours, so a fault of the daemon. */
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly data: ErrorData;
  readonly stack: string | undefined;
}

/** What a worker is sent. */
export type TaskMessage = Task & {
  /** Whether somebody wants to know how far it is. */
  readonly reports: boolean;
};

/** What a worker says: any number of times how far it is (0 to 1, not always growing), then once how it ended. */
export type WorkerReply =
  | { readonly progress: number }
  | { readonly result: unknown }
  | { readonly error: ErrorMessage };
