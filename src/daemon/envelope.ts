import type { GoxelError } from '../base/index.js';
import {
  announcement,
  hasFloatLiteral,
  INVALID_REQUEST,
  parseWithFloatColors,
  toWireError,
  type WireError,
} from '../protocol/index.js';
import type { Caller } from './caller.js';
import { type Dispatcher, type Outcome, withoutBytes } from './dispatch.js';
import { type LongText, putLongText } from './long-text.js';
import { answerTool, isToolCall, toolBatchError } from './tool-dialect.js';

/** A message that was received. */
interface Message {
  readonly value: unknown;
  readonly text: string;
  /** A text that is in `value` and not in `text`. */
  readonly longText: LongText | null;
}

/** A message, or the answer to something that was none. */
export type Envelope = Message | { readonly reply: string };

/** One line of JSON, and the bytes that it announces. */
export interface ReplyWithBytes {
  readonly line: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type Reply = string | ReplyWithBytes;

const METHOD_LENGTH_MAX = 128;
/** How long the requests of a batch may keep the event loop before others get their turn, in ms. */
const SLICE_MS = 4;

/**
 * The JSON-RPC 2.0 envelope: a message in, one line of JSON out, or null when nothing is to be answered. Never rejects. Bytes go with the reply to a
 * request of its own only: in a batch they would have no place.
 *
 * A batch is answered in order, one request after the other, and is not atomic.
 */
export function answer(
  dispatcher: Dispatcher,
  envelope: Envelope,
  caller: Caller,
): Reply | null | Promise<Reply | null> {
  if ('reply' in envelope) return envelope.reply;
  const { text } = envelope;
  const value = hasFloatLiteral(text) ? withFloatColors(envelope) : envelope.value;
  if (isToolCall(value)) return answerTool(dispatcher, value, caller);
  if (!Array.isArray(value)) {
    return answerOne(dispatcher, value, writtenIn(text), caller, line);
  }
  if (value.length === 0) return invalidRequest(INVALID_REQUEST, 'Invalid Request: an empty batch');
  const tooLong = value.every(isToolCall) ? toolBatchError(value.length) : null;
  return tooLong ?? answerBatch(dispatcher, value, text, caller);
}

async function answerBatch(
  dispatcher: Dispatcher,
  requests: readonly unknown[],
  text: string,
  caller: Caller,
): Promise<string | null> {
  const replies: string[] = [];
  const written = writtenInBatch(requests, text);
  let until = performance.now() + SLICE_MS;
  for (let i = 0; i < requests.length; i++) {
    if ((i & 15) === 15 && performance.now() > until) {
      await new Promise((resolve) => setImmediate(resolve));
      until = performance.now() + SLICE_MS;
    }
    const request = requests[i];
    const reply = isToolCall(request)
      ? await answerTool(dispatcher, request, caller)
      : await answerOne(dispatcher, request, written(i), caller, lineWithoutBytes);
    if (reply !== null) replies.push(reply);
  }
  return replies.length > 0 ? `[${replies.join(',')}]` : null;
}

/**
 * @param written - How its id was written.
 * @param print - What makes the reply of an outcome.
 */
function answerOne<R extends Reply>(
  dispatcher: Dispatcher,
  request: unknown,
  written: Written,
  caller: Caller,
  print: (outcome: Outcome, idText: string) => R,
): R | string | null | Promise<R | null> {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    return invalidRequest(INVALID_REQUEST, 'Invalid Request: a request is an object');
  }
  const { jsonrpc, method, id, params, parameters } = request as Record<string, unknown>;
  const echo = idText(id, written);
  if (echo === null) {
    return invalidRequest(
      INVALID_REQUEST,
      'Invalid Request: id must be a string, a number or null',
    );
  }
  if (jsonrpc !== '2.0') {
    return errorLine(badRequest('jsonrpc must be "2.0"'), echo);
  }
  if (typeof method !== 'string') return errorLine(badRequest('method must be a string'), echo);
  if (method.length > METHOD_LENGTH_MAX) {
    return errorLine(badRequest(`method has at most ${METHOD_LENGTH_MAX} characters`), echo);
  }
  const given = params === undefined ? parameters : params;
  if (given !== undefined && given !== null && typeof given !== 'object') {
    return errorLine(badRequest('params must be an array or an object'), echo);
  }
  const outcome = dispatcher.dispatch(method, given, caller);
  const silent = id === undefined;
  if (outcome instanceof Promise) {
    return outcome.then((done) => (silent ? null : print(done, echo)));
  }
  return silent ? null : print(outcome, echo);
}

/** The message, read again because colours were written as floats that JSON.parse cannot tell from integers. */
function withFloatColors({ text, longText }: Message): unknown {
  const value = parseWithFloatColors(text);
  return longText ? putLongText(value, longText) : value;
}

function line(outcome: Outcome, idText: string): Reply {
  if ('error' in outcome) return errorLine(outcome.error, idText);
  const { json, attachment } = outcome;
  const text = `{"jsonrpc":"2.0","result":${json},"id":${idText}`;
  if (!attachment) return `${text}}`;
  return { line: `${text}${announcement(attachment)}}`, bytes: attachment.bytes };
}

function lineWithoutBytes(outcome: Outcome, idText: string): string {
  return line(withoutBytes(outcome), idText) as string;
}

export function errorLine(error: WireError, idText: string): string {
  return `{"jsonrpc":"2.0","error":${JSON.stringify(error)},"id":${idText}}`;
}

/** A whole reply to something without a usable id. */
export function invalidRequest(
  code: number,
  message: string,
  data: Record<string, unknown> = { kind: 'invalid_request' },
): string {
  return errorLine({ code, message, data }, 'null');
}

function badRequest(problem: string): WireError {
  return {
    code: INVALID_REQUEST,
    message: `Invalid Request: ${problem}`,
    data: { kind: 'invalid_request' },
  };
}

/** A number as it was written, from how JSON prints it: `1.0` for 1. */
type Written = (plain: string) => string;

/** The id as it is to be echoed, or null when it is none. */
function idText(id: unknown, written: Written): string | null {
  if (id === null || id === undefined) return 'null';
  if (typeof id === 'string') return JSON.stringify(id);
  return typeof id === 'number' ? written(JSON.stringify(id)) : null;
}

/** For a message of its own. */
function writtenIn(text: string): Written {
  return (plain) => {
    const isPlain = text.endsWith(`"id":${plain}}`) || text.includes(`"id":${plain},`);
    return isPlain ? plain : (writtenIds(text, 1)[0] ?? plain);
  };
}

/** Ids that JSON prints in another way than they may be written. */
const ODD_ID = /"id"\s*:\s*(?:-?\d+[.eE]|-0)/;

/** For each member of a batch. The text is looked through once for all of them, and only when some id may be written oddly. */
function writtenInBatch(requests: readonly unknown[], text: string): (index: number) => Written {
  const isOdd = (request: unknown) => {
    const id = (request as { id?: unknown } | null)?.id;
    return typeof id === 'number' && !Number.isSafeInteger(id);
  };
  const ids = requests.some(isOdd) || ODD_ID.test(text) ? writtenIds(text, 2) : [];
  return (index) => (plain) => ids[index] ?? plain;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * The literals of the members `id`, as they were written, by the place of their request. O(text).
 *
 * @param depthOfRequest - 1 for a message of its own, 2 for a batch.
 */
function writtenIds(text: string, depthOfRequest: 1 | 2): string[] {
  const ids: string[] = [];
  let depth = 0;
  let index = 0;
  let key = '';
  let previous = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (token === ',' && depth < depthOfRequest) index++;
    else if (token === ':') key = previous;
    else if (key === '"id"' && previous === ':' && depth === depthOfRequest) ids[index] = token;
    previous = token;
  }
  return ids;
}

/** An error outside any method, for the transports. */
export function wireErrorOf(error: GoxelError): WireError {
  return toWireError(error, null);
}
