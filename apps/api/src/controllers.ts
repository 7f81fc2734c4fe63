import type { Type } from '@nestjs/common';
import { RulesController } from './alerts/rules.controller.js';
import { CatalogController } from './catalog/catalog.controller.js';
import { OffersController } from './catalog/offers.controller.js';
import { AccountsController } from './commands/accounts.controller.js';
import { CreditsController } from './commands/credits.controller.js';
import { RefundsController } from './commands/refunds.controller.js';
import { HoldsController } from './holds/holds.controller.js';
import { EventsController } from './ingest/events.controller.js';
import { KeysController } from './keys/keys.controller.js';
import { HealthController } from './operations/health.controller.js';
import { LagController } from './operations/lag.controller.js';
import { MetricsController } from './operations/metrics.controller.js';
import { OpenApiController } from './operations/openapi.controller.js';
import { BannersController } from './notifications/banners.controller.js';
import { ChannelsController } from './notifications/channels.controller.js';
import { NotificationsController } from './notifications/notifications.controller.js';
import { ParkingController } from './parking/parking.controller.js';
import { AutoRechargeController } from './payments/auto-recharge.controller.js';
import { CheckoutsController } from './payments/checkouts.controller.js';
import { PaymentMethodController } from './payments/payment-method.controller.js';
import { PurchasesController } from './payments/purchases.controller.js';
import { PaymentWebhookController } from './payments/webhook.controller.js';
import { AccountQueriesController } from './queries/account-queries.controller.js';
import { EventQueriesController } from './queries/events.controller.js';
import { GateController } from './queries/gate.controller.js';
import { OperatorQueriesController } from './queries/operator-queries.controller.js';
import { UsageQueriesController } from './queries/usage-queries.controller.js';
import { ReportsController } from './reports/reports.controller.js';
import { TrendsController } from './reports/trends.controller.js';
import { ResourcesController } from './resources/resources.controller.js';
import { ClockController } from './sandbox/clock.controller.js';

/** Every controller of the API: an endpoint is served, guarded and documented by standing here. */
export const CONTROLLERS: readonly Type[] = [
  EventsController,
  CatalogController,
  OffersController,
  AccountsController,
  CreditsController,
  RefundsController,
  HoldsController,
  RulesController,
  TrendsController,
  ReportsController,
  ResourcesController,
  ChannelsController,
  BannersController,
  NotificationsController,
  ClockController,
  PaymentMethodController,
  AutoRechargeController,
  CheckoutsController,
  PurchasesController,
  PaymentWebhookController,
  AccountQueriesController,
  UsageQueriesController,
  OperatorQueriesController,
  EventQueriesController,
  GateController,
  KeysController,
  ParkingController,
  LagController,
  HealthController,
  MetricsController,
  OpenApiController,
];
