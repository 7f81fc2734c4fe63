import type { Type } from '@nestjs/common';
import { CatalogController } from './catalog/catalog.controller.js';
import { OffersController } from './catalog/offers.controller.js';
import { AccountsController } from './commands/accounts.controller.js';
import { CreditsController } from './commands/credits.controller.js';
import { RefundsController } from './commands/refunds.controller.js';
import { EventsController } from './ingest/events.controller.js';
import { KeysController } from './keys/keys.controller.js';
import { HealthController } from './operations/health.controller.js';
import { LagController } from './operations/lag.controller.js';
import { MetricsController } from './operations/metrics.controller.js';
import { OpenApiController } from './operations/openapi.controller.js';
import { AccountQueriesController } from './queries/account-queries.controller.js';
import { EventQueriesController } from './queries/events.controller.js';
import { GateController } from './queries/gate.controller.js';
import { OperatorQueriesController } from './queries/operator-queries.controller.js';
import { UsageQueriesController } from './queries/usage-queries.controller.js';

/** Every controller of the API: an endpoint is served, guarded and documented by standing here. */
export const CONTROLLERS: readonly Type[] = [
  EventsController,
  CatalogController,
  OffersController,
  AccountsController,
  CreditsController,
  RefundsController,
  AccountQueriesController,
  UsageQueriesController,
  OperatorQueriesController,
  EventQueriesController,
  GateController,
  KeysController,
  LagController,
  HealthController,
  MetricsController,
  OpenApiController,
];
