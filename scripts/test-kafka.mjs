#!/usr/bin/env node
// What needs a real Kafka: a broker of its own from Maven Central's jars, or the one that KAFKA_BROKERS names.
// Arguments go to Jest: `npm run test:kafka -- test/kafka/outage` runs only that file.
import { prepare } from './prepare/prepare.mjs';
import { runJest } from './testing/run-jest.mjs';

await prepare();
process.exit((await runJest('kafka', ['--config', 'jest.kafka.config.mjs'], process.argv.slice(2))) ? 0 : 1);
