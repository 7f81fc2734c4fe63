import { accountCacheBytesIn } from '@app/accounts';
import { eventStoreSettingsFrom } from '@app/event-store';
import { parseDuration } from '@app/metering';
import { InvalidSetting } from '@app/postgres';
import { DEFAULT_TOPIC, FEED_VARIABLES, usageFeedSettingsFrom } from '@app/usage-feed';
import { z } from 'zod';
import { LIMITS } from './limits.js';
import { StartRefused } from './start-refused.js';

const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: 'has to be a duration such as PT24H' });
  return z.NEVER;
});

/** Texts here; what they mean together is the feed's to say. */
function feedVariables(): Record<(typeof FEED_VARIABLES)[number], z.ZodOptional<z.ZodString>> {
  const text = z.string().min(1).optional();
  return Object.fromEntries(FEED_VARIABLES.map((name) => [name, text])) as ReturnType<typeof feedVariables>;
}

/** Every variable of the environment that standalone reads; `docs/operations.md` lists the same. */
export const settings = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'has to be a number from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'has to be a number from 0 to 65535')
    .default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  CREDITFOLD_DATA_DIR: z.string().min(1).default('./data'),
  CREDITFOLD_CATALOG: z.string().min(1).optional(),
  CREDITFOLD_ADMIN_KEY: z
    .string()
    .min(LIMITS.adminKeyCharsMin, `has to have at least ${LIMITS.adminKeyCharsMin} characters`)
    .optional(),
  CREDITFOLD_TOPIC: z.string().min(1).max(200).default(DEFAULT_TOPIC),
  CREDITFOLD_ACCOUNT_CACHE_MIB: z.string().optional(),
  CREDITFOLD_FEED_RETENTION: duration.default(24 * 3_600_000),
  CREDITFOLD_PAYMENT_WEBHOOK_SECRET: z.string().min(1).optional(),
  CREDITFOLD_STRIPE_SECRET_KEY: z.string().min(1).optional(),
  CREDITFOLD_STRIPE_API_URL: z.string().min(1).optional(),
  CREDITFOLD_CHECKOUT_RETURN_URL: z.string().min(1).optional(),
  CREDITFOLD_SMTP_URL: z.string().min(1).optional(),
  CREDITFOLD_MAIL_FROM: z.string().min(1).optional(),
  CREDITFOLD_PRIVATE_CHANNELS: z.string().min(1).optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'has to begin with postgres://')
    .optional(),
  ...feedVariables(),
  KURRENTDB_URL: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

export type StandaloneConfig = z.infer<typeof settings>;

/** Settings from the environment, checked once; an empty variable counts as absent. @throws {StartRefused} */
export function standaloneConfigFrom(env: Readonly<Record<string, string | undefined>>): StandaloneConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = settings.safeParse(given);
  if (parsed.success) return withKnownParts(parsed.data);
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  throw new StartRefused('InvalidSetting', `${faults.join('; ')}.`);
}

/** What each variable says by itself was checked; here, what the libs that read them say. */
function withKnownParts(config: StandaloneConfig): StandaloneConfig {
  // Without a database of its own the embedded one is started: any url stands for it here.
  const env = { DATABASE_URL: 'postgres://embedded', ...textsOf(config) };
  try {
    usageFeedSettingsFrom(env);
    eventStoreSettingsFrom(env);
    accountCacheBytesIn(env);
    return config;
  } catch (error) {
    if (error instanceof InvalidSetting) throw new StartRefused('InvalidSetting', error.message, { cause: error });
    throw error;
  }
}

const textsOf = (config: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
