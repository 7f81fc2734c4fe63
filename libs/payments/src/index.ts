export { PAYMENT_LIMITS } from './limits.js';
export * from './payment-processor.js';
export { StripeProcessor } from './stripe/stripe-processor.js';
export type { StripeProcessorOptions } from './stripe/stripe-processor.js';
export { formatNotice } from './test-processor/test-notice.js';
export { TestProcessor } from './test-processor/test-processor.js';
export type { Deliver, TestProcessorOptions } from './test-processor/test-processor.js';
export { signWebhook } from './webhook-signature.js';
