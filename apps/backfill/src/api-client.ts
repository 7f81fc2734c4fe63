import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { BackfillFailed } from './backfill-failed.js';
import { LIMITS } from './limits.js';

const problem = z.object({
  code: z.string(),
  detail: z.string().optional(),
  errors: z
    .array(
      z.object({ index: z.number().optional(), pointer: z.string().optional(), code: z.string(), detail: z.string() }),
    )
    .optional(),
});

export type Refusal = z.infer<typeof problem>;

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly body?: string;
}

/** Statuses after which the same call may succeed: whatever was accepted twice is charged once. */
const PASSING = new Set([429, 500, 502, 503, 504]);

/** Talks to the API and outlasts its pauses: every call of a backfill may be repeated. */
export class ApiClient {
  #hasAnswered = false;

  constructor(
    readonly url: string,
    private readonly key: string,
    private readonly onRetry: (reason: string) => void,
  ) {}

  /** @throws {BackfillFailed} `ServerUnreachable` after the patience of `LIMITS` */
  async call(path: string, call: Call): Promise<ApiAnswer> {
    const startedAtMs = performance.now();
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.#try(path, call);
      if ('answer' in outcome) {
        this.#hasAnswered = true;
        return outcome.answer;
      }
      const patienceMs = this.#hasAnswered ? LIMITS.outageMs : LIMITS.firstContactMs;
      if (performance.now() - startedAtMs > patienceMs) {
        throw new BackfillFailed('ServerUnreachable', `${this.url}: ${outcome.reason}`);
      }
      this.onRetry(outcome.reason);
      const growing = Math.min(LIMITS.retryMaxMs, LIMITS.retryBaseMs * 2 ** Math.min(attempt, 10));
      await sleep(Math.max(outcome.retryAfterMs, growing * (0.5 + Math.random() / 2)));
    }
  }

  async #try(
    path: string,
    { method, body }: Call,
  ): Promise<{ answer: ApiAnswer } | { reason: string; retryAfterMs: number }> {
    const headers = { authorization: `Bearer ${this.key}`, 'content-type': 'application/cloudevents-batch+json' };
    try {
      const response = await fetch(this.url + path, {
        method,
        headers,
        signal: AbortSignal.timeout(LIMITS.requestTimeoutMs),
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      if (!PASSING.has(response.status)) return { answer: { status: response.status, body: parse(text) } };
      const retryAfterS = Number(response.headers.get('retry-after') ?? 0);
      const retryAfterMs = Number.isFinite(retryAfterS) ? Math.min(LIMITS.retryMaxMs, retryAfterS * 1000) : 0;
      return { reason: `it answers ${response.status}`, retryAfterMs };
    } catch (error) {
      const { cause } = error as { readonly cause?: unknown };
      const { code } = (cause ?? {}) as { readonly code?: unknown };
      return { reason: typeof code === 'string' ? code : String(error), retryAfterMs: 0 };
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Why the API said no, as its problem document has it. */
export function refusalOf({ status, body }: ApiAnswer): Refusal {
  const parsed = problem.safeParse(body);
  return parsed.success ? parsed.data : { code: `HTTP ${status}`, detail: JSON.stringify(body).slice(0, 200) };
}

/** A refusal that concerns the whole load. */
export function refused(answer: ApiAnswer): BackfillFailed {
  const { code, detail } = refusalOf(answer);
  const hint = answer.status === 401 || answer.status === 403 ? ' Set CREDITFOLD_API_KEY to an admin key.' : '';
  return new BackfillFailed('Refused', `${code}${detail === undefined ? '' : `: ${detail}`}${hint}`);
}
