import { POSTGRES_LIMITS } from '../limits.js';

/** Options of a client of `pg`, by its names; milliseconds. */
interface Patience {
  readonly statement_timeout: number;
  readonly query_timeout: number;
  readonly idle_in_transaction_session_timeout: number;
  readonly keepAlive: true;
  readonly keepAliveInitialDelayMillis: number;
}

/**
 * How long either end waits for the other. The server cancels a statement that takes too long and says so; a network
 * that swallows what is sent (half open: no reset ever comes) has nobody to say so, and the client then gives up a little
 * later, as for a lost connection. What it leaves behind on the server, a transaction with its locks, the server ends.
 *
 * `statement_timeout` in the URL (milliseconds) goes before what the program would choose.
 */
export function patienceOf(url: string, statementTimeoutMs: number = POSTGRES_LIMITS.statementTimeoutMs): Patience {
  const timeoutMs = timeoutIn(url) ?? statementTimeoutMs;
  return {
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs + POSTGRES_LIMITS.silenceGraceMs,
    idle_in_transaction_session_timeout: POSTGRES_LIMITS.idleInTransactionMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: POSTGRES_LIMITS.keepAliveAfterMs,
  };
}

function timeoutIn(url: string): number | undefined {
  const given = URL.canParse(url) ? Number(new URL(url).searchParams.get('statement_timeout')) : 0;
  return Number.isSafeInteger(given) && given > 0 ? given : undefined;
}
