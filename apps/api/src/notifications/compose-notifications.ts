import { ChannelNotifier } from '@app/notifications';
import type { AddressPolicy, Notifier } from '@app/notifications';
import { InvalidSetting } from '../api-config.js';
import type { NotificationJournal } from './notification-journal.js';

/** What notifications need beside the accounts. */
export interface NotificationParts {
  readonly policy: AddressPolicy;
  readonly notifier: Notifier;
  readonly journal: NotificationJournal;
}

/**
 * `CREDITFOLD_SMTP_URL` and `CREDITFOLD_MAIL_FROM` for e-mail; `CREDITFOLD_PRIVATE_CHANNELS=allow` lets channels reach
 * private networks, over plain http too. @throws {InvalidSetting}
 */
export function composeNotifier(
  env: Readonly<Record<string, string | undefined>>,
  nowMs: () => number,
): Omit<NotificationParts, 'journal'> {
  const smtpUrl = env['CREDITFOLD_SMTP_URL'] ?? '';
  const mailFrom = env['CREDITFOLD_MAIL_FROM'] ?? '';
  if (smtpUrl !== '' && (!URL.canParse(smtpUrl) || !/^smtps?:$/.test(new URL(smtpUrl).protocol)))
    throw new InvalidSetting('CREDITFOLD_SMTP_URL has to be smtp://… or smtps://….');
  if (smtpUrl !== '' && mailFrom === '')
    throw new InvalidSetting('CREDITFOLD_MAIL_FROM has to be set beside CREDITFOLD_SMTP_URL.');
  const given = env['CREDITFOLD_PRIVATE_CHANNELS'] ?? '';
  if (given !== '' && given !== 'allow') throw new InvalidSetting('CREDITFOLD_PRIVATE_CHANNELS is allow, or not set.');
  const policy = { isPrivateAllowed: given === 'allow' };
  return {
    policy,
    notifier: new ChannelNotifier({ policy, smtpUrl: smtpUrl === '' ? null : smtpUrl, mailFrom, nowMs }),
  };
}
