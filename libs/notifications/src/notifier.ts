import { createTransport } from 'nodemailer';
import type { Transporter } from 'nodemailer';
import type { AddressPolicy } from './address-policy.js';
import { guardedPost } from './guarded-post.js';
import type { OutgoingPost, Resolve } from './guarded-post.js';
import { NOTIFICATION_LIMITS } from './limits.js';
import type { Channel, DeliveryOutcome, Notification, Notifier } from './notification.js';
import { signedHeaders } from './webhook-signing.js';

export interface NotifierOptions {
  readonly policy: AddressPolicy;
  /** `smtp://user:password@host:port` or `smtps://…`; null: e-mail cannot be sent. */
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  readonly nowMs: () => number;
  readonly resolve?: Resolve;
}

/** E-mail, Slack, PagerDuty and signed webhooks. */
export class ChannelNotifier implements Notifier {
  readonly #mail: Transporter | null;

  constructor(private readonly options: NotifierOptions) {
    const { smtpTimeoutMs: timeout } = NOTIFICATION_LIMITS;
    this.#mail =
      options.smtpUrl === null
        ? null
        : createTransport({
            url: options.smtpUrl,
            connectionTimeout: timeout,
            greetingTimeout: timeout,
            socketTimeout: timeout,
            disableFileAccess: true,
            disableUrlAccess: true,
          });
  }

  async deliver(notification: Notification, channel: Channel): Promise<DeliveryOutcome> {
    if (channel.kind === 'email') return this.#sendMail(notification, channel.to);
    const { policy, resolve, nowMs } = this.options;
    const post = postOf(notification, channel, Math.floor(nowMs() / 1_000));
    return guardedPost(post, resolve === undefined ? { policy } : { policy, resolve });
  }

  close(): void {
    this.#mail?.close();
  }

  async #sendMail(notification: Notification, to: readonly string[]): Promise<DeliveryOutcome> {
    if (this.#mail === null) return { kind: 'refused', reason: 'no mail server is configured' };
    try {
      await this.#mail.sendMail({
        from: this.options.mailFrom,
        to: [...to],
        subject: notification.title,
        text: notification.text,
        // The same for every attempt, so that a mail server or reader can tell a repetition.
        messageId: `<${notification.id}@creditfold>`,
        headers: { 'x-creditfold-notification': notification.id },
      });
      return { kind: 'delivered' };
    } catch (error) {
      return failureOf(error);
    }
  }
}

/** 5xx answers of a mail server are its last word. Its words are not repeated: they may hold addresses. */
function failureOf(error: unknown): DeliveryOutcome {
  const code =
    typeof error === 'object' && error !== null && 'responseCode' in error ? Number(error.responseCode) : null;
  if (code === null) return { kind: 'failed', reason: 'mail server not reached' };
  return { kind: code >= 500 ? 'refused' : 'failed', reason: `mail server answered ${code}` };
}

/** The request that tells a channel. */
export function postOf(
  notification: Notification,
  channel: Exclude<Channel, { kind: 'email' }>,
  timestampSeconds: number,
): OutgoingPost {
  const { url } = channel;
  switch (channel.kind) {
    case 'slack':
      return { url, headers: {}, body: JSON.stringify({ text: slackTextOf(notification) }) };
    case 'pagerduty':
      return { url, headers: {}, body: JSON.stringify(pagerDutyEvent(notification, channel.routingKey)) };
    case 'webhook': {
      const body = JSON.stringify({ type: notification.kind, timestamp: notification.at, data: notification });
      const message = { id: notification.id, timestampSeconds, body };
      return { url, body, headers: signedHeaders(message, channel.secrets) };
    }
  }
}

/** Names that customers gave are words to Slack, not commands: `<!channel>` in one would call everybody. */
const slackTextOf = ({ title, text }: Notification): string =>
  `*${title}*\n${text}`.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Events API v2. The id is the deduplication key: an attempt that is repeated opens nothing twice. */
const pagerDutyEvent = ({ id, organisation, kind, severity, title, at, data }: Notification, routingKey: string) => ({
  routing_key: routingKey,
  event_action: 'trigger',
  dedup_key: id,
  payload: {
    summary: title.slice(0, 1_024),
    source: organisation,
    severity,
    timestamp: at,
    class: kind,
    custom_details: data,
  },
});
