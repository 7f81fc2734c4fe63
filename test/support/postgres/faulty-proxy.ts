import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** Nothing passes any more, either way, and neither end is told. */
  isSilent: boolean;
  /** What the server says next is the reply to a statement that is to be lost with the connection. */
  losesReply: boolean;
}

/** A plan to lose replies: of so many statements that contain the marker, after one that passes each time. */
interface Cuts {
  readonly marker: Buffer;
  left: number;
  passesNext: boolean;
}

/** The network between a client and its Postgres, and what goes wrong with it. */
export class FaultyProxy {
  /** Connections that clients have asked for so far. */
  attempts = 0;
  #isSilentToNew = false;
  #cuts: Cuts | undefined;
  readonly #pairs = new Set<Pair>();

  private constructor(
    private readonly server: Server,
    private targetPort: number,
  ) {}

  static async start(targetUrl: string): Promise<FaultyProxy> {
    const server = createServer();
    const proxy = new FaultyProxy(server, Number(new URL(targetUrl).port));
    server.on('connection', (near) => proxy.#open(near));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The same database, through this network. */
  through(url: string, parameters: Readonly<Record<string, string>> = {}): string {
    const through = new URL(url);
    through.port = String((this.server.address() as AddressInfo).port);
    for (const [name, value] of Object.entries(parameters)) through.searchParams.set(name, value);
    return through.href;
  }

  /** A server that was started again may have another port. */
  pointTo(targetUrl: string): void {
    this.targetPort = Number(new URL(targetUrl).port);
  }

  /**
   * Half open: what is connected now stays so and hears nothing for ever, as when a firewall has forgotten it. Who
   * connects anew is taken and hears nothing either, until `heal`.
   */
  silence(): void {
    this.#isSilentToNew = true;
    for (const pair of this.#pairs) pair.isSilent = true;
  }

  /** New connections pass; what went silent stays silent. */
  heal(): void {
    this.#isSilentToNew = false;
  }

  /**
   * Loses so many replies to statements whose bytes contain the marker: each reaches the server, is answered, and its
   * connection is reset before the answer passes. Of two such statements one passes, so that work goes on.
   */
  loseReplies(marker: string, count: number): void {
    this.#cuts = { marker: Buffer.from(marker), left: count, passesNext: false };
  }

  get repliesToLose(): number {
    return this.#cuts?.left ?? 0;
  }

  /** Resets every connection that is open. */
  reset(): void {
    for (const { near, far } of this.#pairs) for (const socket of [near, far]) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.reset();
    await closed;
  }

  #open(near: Socket): void {
    this.attempts += 1;
    const far = connect(this.targetPort, '127.0.0.1');
    const pair: Pair = { near, far, isSilent: this.#isSilentToNew, losesReply: false };
    this.#pairs.add(pair);
    near.on('data', (bytes) => this.#onStatement(pair, bytes));
    far.on('data', (bytes) => this.#onReply(pair, bytes));
    for (const socket of [near, far]) {
      socket.on('error', () => undefined);
      // The end of one is the end of the other, unless nobody hears of it.
      socket.on('close', () => this.#close(pair));
    }
  }

  #onStatement(pair: Pair, bytes: Buffer): void {
    if (pair.isSilent) return;
    if (this.#isToLose(bytes)) pair.losesReply = true;
    pair.far.write(bytes);
  }

  #onReply(pair: Pair, bytes: Buffer): void {
    if (pair.isSilent) return;
    if (pair.losesReply) {
      pair.near.resetAndDestroy();
      pair.far.destroy();
    } else pair.near.write(bytes);
  }

  #isToLose(bytes: Buffer): boolean {
    const cuts = this.#cuts;
    if (cuts === undefined || cuts.left === 0 || !bytes.includes(cuts.marker)) return false;
    cuts.passesNext = !cuts.passesNext;
    if (!cuts.passesNext) return false;
    cuts.left -= 1;
    return true;
  }

  #close(pair: Pair): void {
    if (pair.isSilent && !(pair.near.destroyed && pair.far.destroyed)) return;
    this.#pairs.delete(pair);
    pair.near.destroy();
    pair.far.destroy();
  }
}
