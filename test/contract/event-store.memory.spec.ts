import { MemoryEventStore } from '@app/event-store';
import { eventStoreContract } from '@app/event-store/testing';

eventStoreContract('MemoryEventStore', async () => new MemoryEventStore());
