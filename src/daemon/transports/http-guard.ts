import { isIP } from 'node:net';

/** Names that HTTP requests may give, and pages that may send them. */
export interface HttpNames {
  /** What the listener is bound to, as it is configured. */
  readonly ownHost: string;
  /** Other names in `Host`. */
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/**
 * Why a request is refused, or null: pages of other sites must not reach the daemon through a browser, neither by a name of theirs that leads here (DNS
 * rebinding) nor by a script. An address in `Host` is no name that somebody else could own.
 *
 * @param host - The header as it came: `LOCALHOST.:8080`, `[::1]`, `10.1.2.3:80`.
 * @param origin - Only browsers send one; `null` of sandboxed pages is an origin like others.
 */
export function strangerProblem(
  host: string | undefined,
  origin: string | undefined,
  { ownHost, allowedHosts, allowedOrigins }: HttpNames,
): string | null {
  const name = hostName(host ?? '');
  const isKnown =
    name !== null &&
    (name === 'localhost' ||
      isIP(name) !== 0 ||
      name === ownHost.toLowerCase() ||
      allowedHosts.some((allowed) => allowed.toLowerCase() === name));
  if (!isKnown) return `host ${JSON.stringify(host ?? '')} is not one of security.allowed_hosts`;
  // A page of our own: its browser was sent here by the name that was just checked.
  const isOwn = origin === `http://${host}` || origin === `https://${host}`;
  if (origin !== undefined && !isOwn && !allowedOrigins.includes(origin)) {
    return `origin ${JSON.stringify(origin)} is not one of security.allowed_origins`;
  }
  return null;
}

/** The name without port, brackets, the dot of the root and capital letters; null for what is no host. */
function hostName(host: string): string | null {
  const parts = /^(?:\[([^\]]+)\]|([^:[\]/@\s]+?)\.?)(?::\d{1,5})?$/.exec(host);
  const name = parts?.[1] ?? parts?.[2];
  return name === undefined ? null : name.toLowerCase();
}
