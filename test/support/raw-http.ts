import { connect, type Socket } from 'node:net';

/** What a server said on one connection, and whether it ended the connection. */
export interface RawAnswer {
  readonly text: string;
  readonly statuses: readonly number[];
  readonly isClosed: boolean;
}

const QUIET_MS = 400;
/** As many answers as to wait for the end of the connection, however long a busy server takes from its answer to it. */
export const UNTIL_CLOSED = Number.POSITIVE_INFINITY;
/** Not only at the beginning of a line: bodies end without one. */
const STATUS_LINE = /HTTP\/1\.1 (\d{3}) /g;

/** A connection that speaks what it likes. */
export class RawConnection {
  readonly closed: Promise<void>;
  #text = '';
  #isClosed = false;
  #heardAtMs = Date.now();

  private constructor(private readonly socket: Socket) {
    socket.on('data', (data) => {
      this.#text += data.toString('latin1');
      this.#heardAtMs = Date.now();
    });
    // A reset is one of the ways in which a server may end it.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#isClosed = true;
        resolve();
      });
    });
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    const connection = new RawConnection(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return connection;
  }

  get answer(): RawAnswer {
    const statuses = Array.from(this.#text.matchAll(STATUS_LINE), ([, status]) => Number(status));
    return { text: this.#text, statuses, isClosed: this.#isClosed };
  }

  send(bytes: string | Uint8Array): this {
    this.socket.write(bytes);
    return this;
  }

  /** Everything that comes until the server ends the connection, or until it has answered so often and fallen silent. */
  async heard(answers = 1): Promise<RawAnswer> {
    const isSilent = (): boolean => Date.now() - this.#heardAtMs > QUIET_MS;
    const isDone = (): boolean => this.#isClosed || (isSilent() && this.answer.statuses.length >= answers);
    while (!isDone()) await Promise.race([this.closed, new Promise((resolve) => setTimeout(resolve, 20))]);
    return this.answer;
  }

  /** As a client that goes away, in the middle of whatever it was saying. */
  destroy(): void {
    this.socket.destroy();
  }
}

/** Says one thing on a connection of its own. */
export async function sayRaw(url: string, bytes: string | Uint8Array, answers?: number): Promise<RawAnswer> {
  const connection = (await RawConnection.open(url)).send(bytes);
  try {
    return await connection.heard(answers);
  } finally {
    connection.destroy();
  }
}
