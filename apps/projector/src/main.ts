import { openEventStore } from '@app/event-store';
import { createLog } from '@app/logging';
import { InvalidSetting, withSecretFiles } from '@app/postgres';
import { ReadModels } from '@app/read-models';
import { PROJECTOR_LIMITS } from './projector-config.js';
import { projectorSettingsFrom } from './projector-settings.js';
import { serveProjector } from './start-projector.js';

const onFatal = (): void => process.exit(1);

async function main(): Promise<void> {
  const { databaseUrl, streams, host, port, logLevel } = projectorSettingsFrom(withSecretFiles(process.env));
  const log = createLog({ name: 'projector', level: logLevel });
  const { statementTimeoutMs } = PROJECTOR_LIMITS;
  const { store, hasDensePositions } = await openEventStore(streams);
  const models = await ReadModels.connect({ url: databaseUrl, name: 'creditfold-projector', statementTimeoutMs });
  const projector = await serveProjector({ store, hasDensePositions, models, log, onFatal }, { port, host });
  log.info({ port: projector.port }, 'The projector runs');
  const stop = async (): Promise<void> => {
    // What does not end in time is ended: a supervisor is waiting.
    setTimeout(() => process.exit(1), PROJECTOR_LIMITS.stopWithinMs).unref();
    await projector.stop();
    await Promise.all([store.close(), models.close()]);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stop().catch((error: unknown) => {
        log.error({ err: error }, 'The projector did not stop cleanly');
        process.exitCode = 1;
      });
    });
}

main().catch((error: unknown) => {
  const isSetting = error instanceof InvalidSetting;
  process.stderr.write(`${isSetting ? `${error.code}: ${error.message}` : String(error)}\n`);
  process.exit(1);
});
