import type { GrantTerms, LedgerEntry } from '../account-events.js';

/** How the ledger calls credits of a source, and the figure they count in. */
export function grantKind(terms: Pick<GrantTerms, 'source'>): Pick<LedgerEntry, 'type' | 'figure' | 'cause'> {
  switch (terms.source) {
    case 'purchase':
      return { type: 'purchase', figure: 'granted', cause: 'purchase' };
    case 'refund':
      return { type: 'refund', figure: 'refunded', cause: 'refund' };
    case 'adjustment':
      return { type: 'adjustment', figure: 'adjusted', cause: 'adjustment' };
    case 'plan':
    case 'bonus':
    case 'promotion':
      return { type: 'grant', figure: 'granted', cause: terms.source };
    case 'rollover':
      return { type: 'rollover', figure: 'granted', cause: 'rollover' };
  }
}
