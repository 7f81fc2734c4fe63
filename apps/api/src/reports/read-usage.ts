import { parseSignedCredits } from '@app/metering';
import type { AsOf, UsageItem, UsageRequest } from '@app/read-models';
import type { ApiParts } from '../api-parts.js';
import { Problem } from '../edge/problem.js';
import { LIMITS } from '../limits.js';
import { whenVisible } from '../queries/when-visible.js';

export interface WholeUsage {
  readonly asOf: AsOf;
  readonly items: readonly UsageItem[];
}

/** Every window and group of a range. @throws Problem InvalidParameter where there are too many; NotFound */
export async function readUsage(
  parts: Pick<ApiParts, 'store' | 'queries'>,
  organisation: string,
  request: Omit<UsageRequest, 'limit' | 'after'>,
): Promise<WholeUsage> {
  const items: UsageItem[] = [];
  let after: string | undefined;
  for (;;) {
    const asked = { ...request, limit: LIMITS.pageItemsMax, after };
    const page = await whenVisible(parts, organisation, () => parts.queries.usage(organisation, asked));
    items.push(...page.items);
    if (page.next === null) return { asOf: page.asOf, items };
    after = page.next;
    if (items.length > LIMITS.reportItemsMax)
      throw Problem.of(
        'InvalidParameter',
        'The report has too many groups: ask for fewer dimensions or a shorter time.',
      );
  }
}

/** Nano-credits of a decimal that an answer holds. */
export const nanosOf = (text: string): bigint => parseSignedCredits(text) ?? 0n;

export const sumOf = (items: readonly { readonly credits: string }[]): bigint =>
  items.reduce((sum, { credits }) => sum + nanosOf(credits), 0n);
