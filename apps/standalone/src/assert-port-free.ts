import { createServer } from 'node:net';
import { StartRefused } from './start-refused.js';

/** Looks before anything is changed: the server itself listens last. @throws {StartRefused} `PortInUse` */
export async function assertPortFree(port: number, host: string): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    throw asPortRefusal(error, { port, host });
  } finally {
    server.close();
  }
}

/** What a failed listen means to whoever starts the program. */
function asPortRefusal(error: unknown, { port, host }: { readonly port: number; readonly host: string }): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'EADDRINUSE') {
    return new StartRefused('PortInUse', `${host}:${port} is taken by another program; set PORT to another one.`);
  }
  if (['EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND'].includes(code)) {
    return new StartRefused('InvalidSetting', `cannot listen on ${host}:${port} (${code}); set HOST and PORT.`);
  }
  return error;
}
