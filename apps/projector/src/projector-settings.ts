import { eventStoreSettingsFrom, type EventStoreSettings } from '@app/event-store';
import { addressIn, databaseUrlIn, requireSettings, settingIn, type Environment } from '@app/postgres';

export interface ProjectorSettings {
  /** Of the read models. */
  readonly databaseUrl: string;
  readonly streams: EventStoreSettings;
  /** 127.0.0.1 unless told otherwise: probes carry no authentication. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly logLevel: string;
}

/** Settings from environment variables. @throws {InvalidSetting} */
export function projectorSettingsFrom(env: Environment): ProjectorSettings {
  requireSettings(env, ['DATABASE_URL']);
  return {
    databaseUrl: databaseUrlIn(env) ?? '',
    streams: eventStoreSettingsFrom(env),
    logLevel: settingIn(env, 'LOG_LEVEL') ?? 'info',
    ...addressIn(env),
  };
}
