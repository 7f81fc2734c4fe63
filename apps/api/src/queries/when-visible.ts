import { accountStream } from '@app/accounts';
import { NO_STREAM } from '@app/event-store';
import type { ApiParts } from '../api-parts.js';
import { Problem } from '../edge/problem.js';
import { LIMITS } from '../limits.js';
import { found } from './read.js';

/**
 * What the read models answer about an account. One that they do not have yet, though its stream is there, is waited
 * for: whoever has just opened an account finds it. @throws Problem NotFound; NotYetVisible
 */
export async function whenVisible<Answer>(
  { store, queries }: Pick<ApiParts, 'store' | 'queries'>,
  organisation: string,
  read: () => Promise<Answer | undefined>,
): Promise<Answer> {
  const answer = await read();
  if (answer !== undefined) return answer;
  const revision = await store.streamRevision(accountStream(organisation));
  if (revision === NO_STREAM) return found(answer);
  if (await queries.waitForRevision(organisation, revision, LIMITS.minRevisionWaitMs)) return found(await read());
  throw Problem.of('NotYetVisible', 'The read models do not have this account yet.', { retryAfterSeconds: 1 });
}
