import type { Reply } from '../envelope.js';

/** The header that has the reply of a call whose bytes are the body. */
export const REPLY_HEADER = 'Goxel-Reply';

/** Headers and body of the answer to a posted message. Bytes are a body of their own, and the line that announces them is a header. */
export function httpReply(reply: Reply): {
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array<ArrayBuffer>;
} {
  if (typeof reply === 'string') {
    return { headers: { 'content-type': 'application/json' }, body: reply };
  }
  const headers = {
    'content-type': 'application/octet-stream',
    [REPLY_HEADER]: ascii(reply.line),
  };
  return { headers, body: reply.bytes };
}

/** JSON without characters that a header cannot have. */
function ascii(json: string): string {
  return json.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
