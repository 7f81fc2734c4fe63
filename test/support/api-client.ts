import { setTimeout as sleep } from 'node:timers/promises';

/** What a reader is told who asks for more than is there yet. */
const COME_BACK = ['NotYetVisible', 'UsageNotFolded'];
const PATIENCE_MS = 60_000;

/** What is sent: `json` with its content type, or `raw` with headers of the test's own. */
export interface ApiRequest {
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  /** Takes the first answer, also where that is to come back later. */
  readonly isImpatient?: boolean;
}

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId?: string;
  readonly errors?: readonly {
    readonly index?: number;
    readonly pointer?: string;
    readonly code: string;
    readonly detail: string;
  }[];
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body. */
  json(): unknown;
  /** The body as a problem; throws when the answer is none. */
  problem(): ProblemBody;
}

/** Talks to an API over real HTTP. */
export class ApiClient {
  constructor(
    readonly url: string,
    private readonly key: string,
  ) {}

  withKey(key: string): ApiClient {
    return new ApiClient(this.url, key);
  }

  get = (path: string, request: ApiRequest = {}): Promise<ApiAnswer> => this.send('GET', path, request);
  post = (path: string, request: ApiRequest = {}): Promise<ApiAnswer> => this.send('POST', path, request);
  put = (path: string, request: ApiRequest = {}): Promise<ApiAnswer> => this.send('PUT', path, request);
  delete = (path: string, request: ApiRequest = {}): Promise<ApiAnswer> => this.send('DELETE', path, request);

  /** Comes back for what is not there yet, as the answer says, for a minute. */
  async send(method: string, path: string, request: ApiRequest = {}): Promise<ApiAnswer> {
    const giveUpAtMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const answer = await this.#sendOnce(method, path, request);
      const isToComeBack = answer.status === 503 && COME_BACK.some((code) => answer.text.includes(`"code":"${code}"`));
      if (!isToComeBack || request.isImpatient === true || performance.now() > giveUpAtMs) return answer;
      await sleep(Number(answer.headers.get('retry-after')) * 1_000);
    }
  }

  async #sendOnce(method: string, path: string, request: ApiRequest): Promise<ApiAnswer> {
    const key = request.key === undefined ? this.key : request.key;
    const body = request.json === undefined ? request.raw : JSON.stringify(request.json);
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    return answerOf(response, await response.text());
  }
}

function answerOf(response: Response, text: string): ApiAnswer {
  const parse = (): unknown => JSON.parse(text);
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: parse,
    problem: () => {
      if (response.headers.get('content-type') !== 'application/problem+json')
        throw new Error(`no problem: ${text.slice(0, 200)}`);
      return parse() as ProblemBody;
    },
  };
}
