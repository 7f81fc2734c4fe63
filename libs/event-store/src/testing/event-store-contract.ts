import { afterAll, beforeAll, describe } from '@jest/globals';
import { appendContract } from './contract/append-contract.js';
import { concurrencyContract, type ContractOptions, type CreateStore } from './contract/concurrency-contract.js';
import { bareReadContract } from './contract/bare-read-contract.js';
import { readContract, waitContract } from './contract/read-contract.js';
import { refusalContract } from './contract/refusal-contract.js';
import { repetitionContract } from './contract/repetition-contract.js';
import type { EventStore } from '../event-store.js';

/** What every adapter of the port must do, refusals first of all. `createStore` answers an empty store. */
export function eventStoreContract(name: string, createStore: CreateStore, options: ContractOptions = {}): void {
  describe(`${name} as an event store`, () => {
    let store: EventStore;
    beforeAll(async () => {
      store = await createStore();
    });
    afterAll(async () => store.close());

    appendContract(() => store);
    refusalContract(() => store);
    repetitionContract(() => store);
    readContract(() => store);
    bareReadContract(() => store);
    waitContract(() => store);
    concurrencyContract(createStore, options);
  });
}
