import type { Rejection } from '@app/metering';
import { Problem } from '../edge/problem.js';

/** The one place where an account's refusal becomes an HTTP answer. */
export function rejectionProblem({ code, detail }: Rejection): Problem {
  switch (code) {
    case 'NotFound':
      return Problem.of('NotFound', 'There is nothing here.');
    // Both are named by the path.
    case 'UnknownGrant':
    case 'UnknownHold':
      return Problem.of('NotFound', detail);
    case 'IdempotencyKeyReused':
      return Problem.of('IdempotencyKeyReused', detail);
    case 'AccountExists':
    case 'UnknownPlan':
    case 'UnknownPool':
    case 'UnknownPackage':
    case 'UnknownPurchase':
    case 'PlanNotPaid':
    case 'InsufficientCredits':
    case 'BelowStartThreshold':
    case 'NotRefundable':
    case 'AlreadyRefunded':
    case 'RefundWindowPassed':
    case 'PaymentReferenceUsed':
    case 'QuantityOutOfRange':
    case 'InvalidTime':
    case 'HoldExists':
    case 'HoldEnded':
    case 'AccountPaused':
    case 'NoOpenRecharge':
    case 'ClockNotManual':
    case 'ClockGoesBack':
    case 'ClockStepTooLong':
    case 'TooManyGrants':
    case 'TooManyHolds':
    case 'TooManyRules':
      return Problem.refusal(code, detail);
  }
}
