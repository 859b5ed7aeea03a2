import { Verbatim } from './names.js';

/**
 * Bytes that travel behind a reply instead of inside it. The reply announces them by a member of its own,
 *
 * ```json
 * {"jsonrpc":"2.0","result":{"packed":{"data":null}},"id":1,"attachment":{"bytes":10000000,"at":"packed.data"}}
 * ```
 *
 * and the field of the result that they are is null. A caller gets them only when it asks, for example by `encoding: "binary"`.
 */
export interface Attachment {
  /** The field of the result, in the spelling of the wire: `packed.data`. */
  readonly at: string;
  /** The only view of its buffer, which is handed from thread to thread. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What stands in a result for bytes that are attached. */
export const ATTACHED = new Verbatim(null) as unknown as null;

const key = Symbol('attachment');

/** Lets bytes travel with a result. Returns the result. */
export function attach<R extends object>(result: R, attachment: Attachment): R {
  return Object.assign(result, { [key]: attachment });
}

/** What was attached to a result, or to what it was copied from. */
export function attachmentOf(result: unknown): Attachment | null {
  if (typeof result !== 'object' || result === null) return null;
  return (result as { [key]?: Attachment })[key] ?? null;
}

/** The member of a reply that announces an attachment, with the comma before it. */
export function announcement({ at, bytes }: Attachment): string {
  return `,"attachment":{"bytes":${bytes.length},"at":${JSON.stringify(at)}}`;
}

const ANNOUNCED = /,"attachment":\{"bytes":(\d+),"at":"[\w.]*"\}\}$/;
const ANNOUNCEMENT_LENGTH_MAX = 256;

/** How many bytes follow a reply; null for a reply that stands alone. Cheap: it looks at the end of the line. */
export function announcedBytes(line: string): number | null {
  if (!line.endsWith('"}}')) return null;
  const found = ANNOUNCED.exec(line.slice(-ANNOUNCEMENT_LENGTH_MAX));
  return found ? Number(found[1]) : null;
}

/** Puts the bytes that followed a reply into its result, at the field that it names. Changes `result`. */
export function putAttachment(result: unknown, at: string, bytes: Uint8Array): void {
  const path = at.split('.');
  const last = path.pop()!;
  let target = result;
  for (const name of path) target = (target as Record<string, unknown> | null)?.[name];
  if (typeof target === 'object' && target !== null) {
    (target as Record<string, unknown>)[last] = bytes;
  }
}
