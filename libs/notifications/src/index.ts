export { isAllowedUrl, isPublicAddress, type AddressPolicy } from './address-policy.js';
export { NOTIFICATION_LIMITS } from './limits.js';
export type { Channel, DeliveryOutcome, Notification, Notifier } from './notification.js';
export { ChannelNotifier, type NotifierOptions } from './notifier.js';
export { isSignedBy, newSigningSecret, signingSecret } from './webhook-signing.js';
