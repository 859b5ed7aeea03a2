/** A connection to a daemon that carries messages: JSON texts. */
export interface Transport {
  /** Sends messages, in this order. After it was closed nothing is sent. */
  send(messages: readonly string[]): void;
  /** What was sent before still goes out. */
  close(): void;
  /** Both are set by whoever opened it, before anything arrives. */
  onMessage: (text: string) => void;
  /** Called once, when nothing comes any more; without an error when the other side closed. */
  onClose: (error: Error | null) => void;
}

/** Opens a connection; called again for every reconnect. */
export type OpenTransport = (signal: AbortSignal) => Promise<Transport>;

/** What differs between the places where a client runs. */
export interface Platform {
  readonly open: OpenTransport;
  /** Where it leads, for messages: a path or a URL. */
  readonly address: string;
  readonly toBase64: (bytes: Uint8Array) => string;
}
