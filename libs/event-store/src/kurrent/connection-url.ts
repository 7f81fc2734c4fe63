import { readFileSync } from 'node:fs';

/** What the adapter itself needs of a connection string; the client reads the rest of it. */
export interface ConnectionUrl {
  /** The first host, as `host:port`. */
  readonly host: string;
  readonly isSecure: boolean;
  /** Given with every append: without them this client takes a path that mixes up its connections. */
  readonly credentials: { readonly username: string; readonly password: string };
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
}

const SHAPE = /^esdb(?:\+discover)?:\/\/(?:([^:@/]+):([^@/]+)@)?([^?/]+)\/?(?:\?(.*))?$/;
const DEFAULT_PORT = 2113;
/** A client without TLS sends no credentials whatever it is given; they only select the append call. */
const NOBODY = { username: 'nobody', password: 'nobody' };

const fileOf = (path: string | null): Buffer | undefined => (path === null ? undefined : readFileSync(path));

function tlsOf(parameters: URLSearchParams): ConnectionUrl['tls'] {
  const ca = fileOf(parameters.get('tlsCAFile'));
  const cert = fileOf(parameters.get('userCertFile'));
  const key = fileOf(parameters.get('userKeyFile'));
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/**
 * Reads `esdb://[user:password@]host[:port][,host…][?tls=false…]`. Errors never repeat the url: it holds a password.
 * @throws {Error} for another shape, for TLS without credentials, and for `throwOnAppendFailure=false`, which answers
 *   a conflict with a wrong revision
 */
export function parseConnectionUrl(url: string): ConnectionUrl {
  const match = SHAPE.exec(url.trim());
  const [first] = match?.[3]?.split(',') ?? [];
  if (match === null || first === undefined) {
    throw new Error('the connection string is not esdb://[user:password@]host[:port][?tls=…]');
  }
  const parameters = new URLSearchParams(match[4] ?? '');
  if (parameters.get('throwOnAppendFailure') === 'false') {
    throw new Error('throwOnAppendFailure=false is not supported: the revision of a conflict would be wrong');
  }
  const isSecure = parameters.get('tls') !== 'false';
  const [username, password] = [match[1], match[2]];
  if (isSecure && (username === undefined || password === undefined)) {
    throw new Error('the connection string names no user and password, which TLS requires here');
  }
  const isNamed = username !== undefined && password !== undefined;
  return {
    host: first.includes(':') ? first : `${first}:${DEFAULT_PORT}`,
    isSecure,
    credentials: isNamed ? { username: decodeURIComponent(username), password: decodeURIComponent(password) } : NOBODY,
    tls: isSecure ? tlsOf(parameters) : {},
  };
}
