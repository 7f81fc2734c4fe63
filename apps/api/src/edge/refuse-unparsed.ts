import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Problem } from './problem.js';

/** What the HTTP parser found, by its codes; everything else of its making is not HTTP at all. */
const FAULTS: ReadonlyMap<string, Problem> = new Map([
  ['HPE_HEADER_OVERFLOW', Problem.of('TooLarge', 'The path and the headers are larger than 16 KiB.')],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', Problem.of('TooLarge', "The body's chunks carry too much beside the body.")],
  ['ERR_HTTP_REQUEST_TIMEOUT', Problem.of('RequestTimeout', 'The request did not arrive in time.')],
]);

const NOT_HTTP = Problem.of('MalformedRequest', 'This is no HTTP/1.1 request.');

/**
 * Answers what never became a request (two lengths of one body, folded headers, a client that trickles) and closes the
 * connection: whatever follows on it may be somebody else's idea of where a request ends.
 */
export function refuseUnparsed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const problem = FAULTS.get(error.code ?? '') ?? NOT_HTTP;
  const { status } = problem.kind;
  const body = Buffer.from(JSON.stringify(problem.toBody('')), 'utf8');
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/problem+json',
    `content-length: ${body.length}`,
    'connection: close',
  ].join('\r\n');
  socket.end(Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body]), () => socket.destroy());
}
