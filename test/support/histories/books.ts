import { entriesOf } from '@app/metering';
import type { AccountEvent, Movement } from '@app/metering';

interface Book {
  remainders: bigint;
  overdraft: bigint;
}

/** Independent bookkeeping of I1: what each movement does to the sum of remainders and to overdraft. */
export class Books {
  private readonly pools = new Map<string, Book>();

  /** @throws Error where an entry is not what its movements move */
  add(event: AccountEvent): void {
    for (const entry of entriesOf(event)) {
      const before = this.balance(entry.pool);
      for (const movement of entry.movements) this.move(entry.pool, movement);
      if (this.balance(entry.pool) - before !== entry.amountNanos)
        throw new Error(`entry ${entry.type} is not what it moves`);
    }
    if (event.type === 'UsageCharged')
      for (const payment of event.payments) this.move(payment.pool, { kind: 'pay', ...payment });
  }

  balance(pool: string): bigint {
    const { remainders, overdraft } = this.of(pool);
    return remainders - overdraft;
  }

  of(pool: string): Book {
    const book = this.pools.get(pool) ?? { remainders: 0n, overdraft: 0n };
    this.pools.set(pool, book);
    return book;
  }

  private move(pool: string, movement: Movement): void {
    const book = this.of(pool);
    switch (movement.kind) {
      case 'grant':
        book.remainders += movement.grant.amountNanos;
        return;
      case 'start':
      case 'refill':
      case 'return':
      case 'restore':
        book.remainders += movement.amountNanos;
        return;
      case 'draw':
      case 'take':
      case 'expire':
        book.remainders -= movement.amountNanos;
        return;
      case 'overdraw':
        book.overdraft += movement.amountNanos;
        return;
      case 'unowe':
      case 'forgive':
        book.overdraft -= movement.amountNanos;
        return;
      case 'pay':
        book.remainders -= movement.amountNanos;
        book.overdraft -= movement.amountNanos;
        return;
      case 'schedule':
    }
  }
}
