// A real Apache Kafka broker (KRaft, one node) for tests, on 127.0.0.1, from Maven Central's jars.
// Needs Java 17 and Maven; the first start fetches about 55 MB into KAFKA_JARS (default ~/.cache/creditfold/kafka-<version>).
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.mjs';

const POM = join(dirname(fileURLToPath(import.meta.url)), 'pom.xml');
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 15_000;
const HEAP = '-Xmx512m';

/** The directory with Kafka's jars, fetched when it is empty. @throws when Java or Maven is missing */
export function kafkaJars() {
  const version = /<kafka.version>(.+?)</.exec(readFileSync(POM, 'utf8'))?.[1];
  const jars = process.env.KAFKA_JARS ?? join(homedir(), '.cache', 'creditfold', `kafka-${version}`);
  if (spawnSync('java', ['-version']).status !== 0) {
    throw new Error('These tests need Java 17 (java is not on the path), or KAFKA_BROKERS with the address of a Kafka');
  }
  mkdirSync(jars, { recursive: true });
  const found = readdirSync(jars).filter((file) => file.startsWith('kafka_'));
  if (found.length > 0) return jars;
  const goal = ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`];
  const run = spawnSync('mvn', [...goal, '-DincludeScope=runtime'], { encoding: 'utf8' });
  if (run.status !== 0) {
    const reason = run.error?.message ?? run.stdout + run.stderr;
    throw new Error(
      `These tests need Kafka's jars through Maven, or KAFKA_BROKERS with the address of a Kafka: ${reason}`,
    );
  }
  return jars;
}

/** The arguments of `java` that run one of Kafka's own classes. */
export function kafkaClass(jars, name, args) {
  return [HEAP, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', join(jars, '*'), name, ...args];
}

/** Further listeners have names, protocols and ports of their own, beside the plain one that the broker itself uses. */
function listenerSettings(port, controllerPort, listeners) {
  const further = listeners.map(({ name, port: itsPort }) => `,${name}://127.0.0.1:${itsPort}`).join('');
  const protocols = listeners.map(({ name, protocol }) => `,${name}:${protocol}`).join('');
  return {
    listeners: `PLAINTEXT://127.0.0.1:${port}${further},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}${further}`,
    'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT${protocols}`,
  };
}

function writeProperties(data, settings) {
  const file = join(data, 'server.properties');
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(file, lines.join(''));
  return file;
}

function settingsOf(data, controllerPort) {
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(data, 'logs'),
    'auto.create.topics.enable': false,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // Retention is looked at often, so that a test can see what it removes.
    'log.retention.check.interval.ms': 1000,
    'log.initial.task.delay.ms': 1000,
    // After kill -9 a broker serves again once its own old session has ended: keep that short.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
  };
}

/** `scramUsers`: what the storage tool takes, one text for each user and mechanism. */
function format(jars, properties, scramUsers) {
  const tool = (args) => spawnSync('java', kafkaClass(jars, 'kafka.tools.StorageTool', args), { encoding: 'utf8' });
  const id = tool(['random-uuid']).stdout.trim().split('\n').at(-1) ?? '';
  const users = scramUsers.flatMap((user) => ['--add-scram', user]);
  const run = tool(['format', '-t', id, '-c', properties, ...users]);
  if (run.status !== 0) throw new Error(`Kafka's data directory could not be formatted: ${run.stdout}${run.stderr}`);
}

function isOpen(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function serves(port, broker, log) {
  const until = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < until && broker.exitCode === null && broker.signalCode === null) {
    const isServing = await isOpen(port);
    if (isServing === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The broker did not serve: ${readFileSync(log, 'utf8').slice(-2_000)}`);
}

/** One broker of our own: it can be killed, and started again on the same port and data. */
export class TestBroker {
  #jars = kafkaJars();
  #data = mkdtempSync(join(tmpdir(), 'creditfold-kafka-'));
  #broker;
  #port = 0;
  #controllerPort = 0;
  #listeners = [];
  #secured;

  /** `secured`: protocols of further listeners by name, settings, and users of SCRAM. */
  constructor(secured = { protocols: {}, settings: {}, scramUsers: [] }) {
    this.#secured = secured;
  }

  get jars() {
    return this.#jars;
  }

  get brokers() {
    return `127.0.0.1:${this.#port}`;
  }

  /** `host:port` of a further listener. */
  listener(name) {
    const found = this.#listeners.find((listener) => listener.name === name);
    return `127.0.0.1:${found?.port}`;
  }

  async start() {
    const { protocols, settings, scramUsers } = this.#secured;
    const isFresh = this.#port === 0;
    if (isFresh) {
      this.#port = await freePort();
      this.#controllerPort = await freePort();
      for (const [name, protocol] of Object.entries(protocols))
        this.#listeners.push({ name, protocol, port: await freePort() });
    }
    const properties = writeProperties(this.#data, {
      ...settingsOf(this.#data, this.#controllerPort),
      ...listenerSettings(this.#port, this.#controllerPort, this.#listeners),
      ...settings,
    });
    if (isFresh) format(this.#jars, properties, scramUsers);
    const log = join(this.#data, 'broker.log');
    const output = openSync(log, 'a');
    const options = { stdio: ['ignore', output, output], env: { ...process.env, LOG_DIR: this.#data } };
    this.#broker = spawn('java', kafkaClass(this.#jars, 'kafka.Kafka', [properties]), options);
    this.#endWithUs();
    await serves(this.#port, this.#broker, log);
    return this;
  }

  /** SIGKILL, SIGSTOP or SIGCONT to the broker's process; resolves when a killed one is gone. */
  async signal(name) {
    const broker = this.#broker;
    if (broker === undefined || broker.exitCode !== null || broker.signalCode !== null) return;
    const gone = new Promise((resolve) => broker.once('exit', resolve));
    broker.kill(name);
    if (name === 'SIGKILL' || name === 'SIGTERM') {
      const late = setTimeout(() => broker.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await gone;
      clearTimeout(late);
    }
  }

  async stop() {
    await this.signal('SIGCONT');
    await this.signal('SIGTERM');
    rmSync(this.#data, { recursive: true, force: true });
  }

  /** A test process that ends by itself takes its broker along. */
  #endWithUs() {
    const broker = this.#broker;
    const kill = () => broker.kill('SIGKILL');
    process.once('exit', kill);
    broker.once('exit', () => process.removeListener('exit', kill));
  }
}

/** The Kafka that KAFKA_BROKERS names, or else a broker of our own, which `stop` ends. @throws without Java or Maven */
export async function useBroker() {
  const brokers = process.env.KAFKA_BROKERS ?? '';
  if (brokers !== '') return { brokers, stop: async () => undefined };
  return new TestBroker().start();
}
