import type { IncomingHttpHeaders } from 'node:http';

/** What this app uses of a request of the HTTP framework. */
export interface HttpRequest {
  readonly id: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly routeOptions: { readonly url?: string | undefined; readonly config: object };
}

/** What this app uses of a reply of the HTTP framework. */
export interface HttpReply {
  readonly statusCode: number;
  readonly elapsedTime: number;
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  send(payload?: unknown): unknown;
}

/** A header's one value; a header given twice is joined by Node, save for those it knows to be single. */
export function headerOf(request: HttpRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
}
