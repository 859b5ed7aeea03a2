/**
 * The few globals that every JavaScript runtime has and that the pure folders use. Anything else that is
 * ambient (process, Buffer, document) does not compile there.
 */
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: ArrayBufferView | ArrayBuffer): string;
}
