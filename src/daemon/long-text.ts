import { isAscii } from 'node:buffer';

/** A string of a message, by its bytes between the quotes: counted from the first byte of the message. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Strings from so many bytes on are worth keeping out of the JSON parser. */
export const LONG_TEXT_BYTES = 256 * 1024;

/* No client sends it by chance, and who sends it on purpose gets the text that it sent itself. */
const PLACEHOLDER = '\u0000long text';

/** The ASCII bytes of a text, in memory that workers can read as it is. Printed as JSON it is the text again. */
export class LongText extends Uint8Array<SharedArrayBuffer> {
  toJSON(): string {
    return Buffer.from(this.buffer, this.byteOffset, this.byteLength).toString('latin1');
  }
}

/**
 * Takes a long text out of a message: the value of a field `data`, which by the convention of the methods is base64. A million
 * packed voxels are 13 MB: parsed with the rest they would be copied three times and hold the event loop for 70 ms.
 *
 * @param parts - The message, cut anywhere.
 * @param range - A string of it without escapes.
 * @returns the text, and the message with a placeholder for it; null when the string is not the value of a `data`, or no
 * ASCII.
 */
export function takeLongText(
  parts: readonly Buffer[],
  range: TextRange,
): { rest: string; longText: LongText } | null {
  const { start, end } = range;
  const head = slice(parts, 0, start);
  const isData = /"data"\s*:\s*"$/.test(head.toString('latin1', Math.max(0, start - 64)));
  if (!isData) return null;
  const longText = new LongText(new SharedArrayBuffer(end - start));
  const copied = forEachSlice(parts, start, end, (piece, at) => {
    longText.set(piece, at);
    return isAscii(piece);
  });
  if (!copied) return null;
  const tail = slice(parts, end, Number.POSITIVE_INFINITY);
  const rest = `${head.toString('utf8')}${JSON.stringify(PLACEHOLDER).slice(1, -1)}${tail.toString('utf8')}`;
  return { rest, longText };
}

/** The value of a message with the long text where its placeholder is. Changes `value`. */
export function putLongText<T>(value: T, longText: LongText): T {
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  for (const key of Object.keys(fields)) {
    if (key === 'data' && fields[key] === PLACEHOLDER) fields[key] = longText;
    else putLongText(fields[key], longText);
  }
  return value;
}

function slice(parts: readonly Buffer[], start: number, end: number): Buffer {
  const pieces: Buffer[] = [];
  forEachSlice(parts, start, end, (piece) => pieces.push(piece) > 0);
  return Buffer.concat(pieces);
}

/** Visits what lies from `start` to before `end`, with its place from `start`; stops at the first false and returns it. */
function forEachSlice(
  parts: readonly Buffer[],
  start: number,
  end: number,
  visit: (piece: Buffer, at: number) => boolean,
): boolean {
  let offset = 0;
  for (const part of parts) {
    const from = Math.max(start, offset);
    const to = Math.min(end, offset + part.length);
    if (from < to && !visit(part.subarray(from - offset, to - offset), from - start)) return false;
    offset += part.length;
  }
  return true;
}
