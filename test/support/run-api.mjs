// An API in a process of its own, on the feed that is embedded in Postgres: its own `main` asks for Kafka.
// Started by `fork`; tells its url and ends with its parent.
import { apiConfigFrom, composeApi, startApi } from '../../dist/apps/api/src/index.js';

const config = apiConfigFrom(process.env);
const { parts } = await composeApi(config, process.env);
const api = await startApi(config, parts);
process.on('disconnect', () => process.exit());
process.send({ url: api.url });
