/** Base64 (RFC 4648 §4, with padding) without help of the platform. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const VALUES = new Uint8Array(256).fill(255);
CODES.forEach((code, value) => {
  VALUES[code] = value;
});
const PAD = '='.charCodeAt(0);

export function encodeBase64(bytes: Uint8Array): string {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let to = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const b = left > 1 ? bytes[i + 1]! : 0;
    const word = (bytes[i]! << 16) | (b << 8) | (left > 2 ? bytes[i + 2]! : 0);
    out[to++] = CODES[word >> 18]!;
    out[to++] = CODES[(word >> 12) & 63]!;
    out[to++] = left > 1 ? CODES[(word >> 6) & 63]! : PAD;
    out[to++] = left > 2 ? CODES[word & 63]! : PAD;
  }
  return new TextDecoder().decode(out);
}

/** The bytes of a text, or null when it is not base64 in its one canonical form. */
export function decodeBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const letters = text.length - padding;
  const out = new Uint8Array((text.length / 4) * 3 - padding);
  let to = 0;
  let word = 0;
  for (let i = 0; i < letters; i++) {
    const code = text.charCodeAt(i);
    const value = code < 256 ? VALUES[code]! : 255;
    if (value === 255) return null;
    word = ((word << 6) | value) & 0xffffff;
    if (i % 4 === 3) {
      out[to++] = word >> 16;
      out[to++] = word >> 8;
      out[to++] = word;
    }
  }
  if (padding === 2) {
    if (word & 15) return null;
    out[to] = word >> 4;
  } else if (padding === 1) {
    if (word & 3) return null;
    out[to] = word >> 10;
    out[to + 1] = word >> 2;
  }
  return out;
}
