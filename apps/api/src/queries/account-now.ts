import type { LoadedAccount } from '@app/accounts';
import type { ApiParts } from '../api-parts.js';
import type { Call } from '../edge/call.js';
import { Problem } from '../edge/problem.js';

/** The account as its stream holds it now. @throws Problem NotFound; NotYetVisible below the revision that is asked for */
export async function accountNow(
  { accounts }: Pick<ApiParts, 'accounts'>,
  { organisation }: Pick<Call, 'organisation'>,
  minRevision?: bigint,
): Promise<LoadedAccount> {
  const account = await accounts.loadFresh(organisation);
  if (!account.state.wallet.isOpen) throw Problem.of('NotFound', 'There is nothing here.');
  if (minRevision !== undefined && account.revision < minRevision)
    throw Problem.of('NotYetVisible', 'The account has no such revision yet.', { retryAfterSeconds: 1 });
  return account;
}
