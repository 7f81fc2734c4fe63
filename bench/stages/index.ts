import type { Stage } from '../stage.js';
import { backfill } from './backfill.js';
import { endToEnd } from './end-to-end.js';
import { feed } from './feed.js';
import { growth } from './growth.js';
import { holds } from './holds.js';
import { hotOrganisation } from './hot-organisation.js';
import { httpIngest } from './http-ingest.js';
import { kafka } from './kafka.js';
import { memory } from './memory.js';
import { projections } from './projections.js';
import { queries } from './queries.js';
import { replayVerify } from './replay-verify.js';
import { restart } from './restart.js';
import { rules } from './rules.js';
import { storeBytes } from './store-bytes.js';
import { visibleBalance } from './visible-balance.js';

/** In the order in which they are run: the store is looked at before other loads are in it, the restart comes last. */
export const STAGES: readonly Stage[] = [
  endToEnd,
  storeBytes,
  queries,
  projections,
  hotOrganisation,
  httpIngest,
  visibleBalance,
  holds,
  rules,
  backfill,
  replayVerify,
  feed,
  growth,
  memory,
  restart,
  kafka,
];
