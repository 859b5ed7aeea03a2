import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { GoxelError } from '../base/index.js';
import { SCOPES, type Scope } from '../protocol/index.js';
import type { Door } from './caller.js';

/** Who somebody is and what that allows. */
export interface Identity {
  /** Whose token it is; null without one. */
  readonly user: string | null;
  /** What may be done; null: everything. */
  readonly scopes: ReadonlySet<Scope> | null;
}

const TokenFile = z.strictObject({
  tokens: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(64),
        token: z.string().min(16).max(256),
        scopes: z.array(z.enum(SCOPES)).min(1),
      }),
    )
    .max(1024),
});

const EVERYTHING: Identity = { user: null, scopes: null };
const NOTHING: Identity = { user: null, scopes: new Set() };

/** Who may come in by which door. Tokens are compared by their digests, all of them, in constant time. */
export class Access {
  readonly #tokens: readonly { readonly digest: Buffer; readonly identity: Identity }[];
  readonly #socketNeedsToken: boolean;

  constructor(tokens: readonly Token[], options: { socketNeedsToken: boolean }) {
    this.#tokens = tokens.map(({ name, token, scopes }) => ({
      digest: digest(token),
      identity: { user: name, scopes: new Set(scopes) },
    }));
    this.#socketNeedsToken = options.socketNeedsToken;
  }

  /** Whether there is any token. */
  get hasTokens(): boolean {
    return this.#tokens.length > 0;
  }

  /** What a client may do before it shows a token: everything on the Unix socket, whose mode says who may connect. */
  onConnect(door: Door): Identity {
    return door === 'unix' && !this.#socketNeedsToken ? EVERYTHING : NOTHING;
  }

  /** Whose token it is, or null. */
  identify(token: string): Identity | null {
    const wanted = digest(token);
    let found: Identity | null = null;
    for (const { digest: known, identity } of this.#tokens) {
      if (timingSafeEqual(known, wanted)) found = identity;
    }
    return found;
  }
}

export interface Token {
  readonly name: string;
  readonly token: string;
  readonly scopes: readonly Scope[];
}

/**
 * Reads a token file. One that does not exist yet is made, with one token that may do everything.
 *
 * @throws GoxelError `invalid_config` when others may read it, or it is not what it should be.
 */
export function readTokens(path: string): { tokens: readonly Token[]; made: boolean } {
  const made = makeIfMissing(path);
  const fail = (problem: string, cause?: unknown) =>
    new GoxelError('invalid_config', `token file ${path} ${problem}`, { path }, { cause });
  let text: string;
  try {
    if (process.platform !== 'win32' && statSync(path).mode & 0o077) {
      throw fail('may be read or written by others: chmod 0600 it');
    }
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof GoxelError) throw error;
    throw fail(`cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw fail('is not JSON', error);
  }
  const parsed = TokenFile.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw fail(`is wrong at ${issue.path.join('.') || 'its top'}: ${issue.message}`);
  }
  return { tokens: parsed.data.tokens, made };
}

function makeIfMissing(path: string): boolean {
  const token = randomBytes(32).toString('base64url');
  const content = { tokens: [{ name: 'admin', token, scopes: SCOPES }] };
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    return true;
  } catch {
    // It is there, or cannot be made: reading it says which.
    return false;
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
