import { createServer } from 'node:net';

/**
 * Below what systems give out by themselves (Linux from 32768 on, others from 49152): neither a server that asks for any
 * port nor an outgoing connection takes one of these before it is used, or while its owner is killed and comes back.
 */
const [FIRST, LAST] = [10_000, 32_767];

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function freePort() {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    const isOurs = await isFree(port);
    if (isOurs === true) return port;
  }
}
