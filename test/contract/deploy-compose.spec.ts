import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withSecretFiles } from '@app/postgres';
import { composeFaults, parseCompose, readCompose, type ComposeService } from '../support/deploy/compose-file.js';
import { isInImage, sourceOf } from '../support/deploy/image.js';
import { KNOWN_VARIABLES, PROCESSES } from '../support/deploy/process-facts.js';

const { services, volumes } = readCompose();
const OURS = Object.entries(services).filter(([, { image }]) => image === 'creditfold');
const PROCESSES_OF_FILE = (['api', 'aggregator', 'projector'] as const).map((app) => {
  const service = services[app];
  if (service === undefined) throw new Error(`docker-compose.yml has no ${app}`);
  return [app, service] as const;
});
const volumesOf = ({ volumes: mounts = [] }: ComposeService): string[][] => mounts.map((mount) => mount.split(':'));

describe('docker-compose.yml', () => {
  let secrets: string;
  beforeAll(() => {
    secrets = mkdtempSync(join(tmpdir(), 'secrets-'));
    const [program = '', , database = ''] = services['secrets']?.command ?? [];
    execFileSync(process.execPath, [program, secrets, database]);
  });
  afterAll(() => rmSync(secrets, { recursive: true }));

  it('is what the Compose specification says, and the schema finds what is not', () => {
    const text = readFileSync('docker-compose.yml', 'utf8');
    expect(composeFaults(parseCompose(text))).toEqual([]);
    expect(composeFaults(parseCompose(text.replace('read_only', 'readonly')))).not.toEqual([]);
    expect(composeFaults(parseCompose(text.replace('memory: 2G', 'memory: []')))).not.toEqual([]);
  });

  it('runs two aggregators, a projector and an API beside Kafka, KurrentDB and Postgres', () => {
    expect(Object.keys(services).toSorted()).toEqual(
      ['aggregator', 'api', 'kafka', 'kurrentdb', 'postgres', 'projector', 'secrets'].toSorted(),
    );
    expect(services['aggregator']?.deploy.replicas).toBe(2);
  });

  it.each(Object.entries(services))(
    '%s has limits, and is watched and started again unless it ends by itself',
    (name, service) => {
      const { limits } = service.deploy.resources;
      expect(limits).toEqual({ cpus: expect.any(String), memory: expect.stringMatching(/^\d+[MG]$/) });
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
      const waitsFor = Object.values(services).flatMap(({ depends_on: on = {} }) => on[name]?.condition ?? []);
      const endsByItself = service.restart === 'no';
      expect(service.restart).toBe(endsByItself ? 'no' : 'unless-stopped');
      expect(service.healthcheck.disable ?? false).toBe(endsByItself);
      expect(new Set(waitsFor)).toEqual(
        new Set(waitsFor.length === 0 ? [] : [endsByItself ? 'service_completed_successfully' : 'service_healthy']),
      );
    },
  );

  it('depends on services and volumes that are there, and publishes ports to this machine alone', () => {
    const each = Object.values(services);
    for (const { depends_on: on = {} } of each)
      expect(Object.keys(services)).toEqual(expect.arrayContaining(Object.keys(on)));
    const mounted = each.flatMap((service) => volumesOf(service).map(([volume]) => volume));
    expect(new Set(mounted)).toEqual(new Set(Object.keys(volumes)));
    expect(each.flatMap(({ ports = [] }) => ports)).toEqual(['127.0.0.1:3000:3000', '127.0.0.1:9094:9094']);
  });

  it.each(OURS)('%s runs what the image has, without root and without writing to it', (_name, service) => {
    expect(service).toMatchObject({ build: '.', user: '1000:1000', read_only: true });
    const [program = ''] = service.command ?? [];
    expect([program, isInImage(program), existsSync(sourceOf(program))]).toEqual([program, true, true]);
  });

  it.each(PROCESSES_OF_FILE)(
    '%s starts with the variables that it is given, secrets from the files',
    (app, service) => {
      const given = service.environment ?? {};
      expect(service.command).toEqual([`dist/apps/${app}/src/main.js`]);
      expect(Object.keys(given).filter((name) => !KNOWN_VARIABLES.has(name))).toEqual([]);
      for (const [name, path] of Object.entries(given).filter(([key]) => key.endsWith('_FILE'))) {
        const mount = volumesOf(service).find(([, target = '']) => path.startsWith(`${target}/`));
        expect([name, mount?.[2]]).toEqual([name, 'ro']);
      }
      const env = Object.entries(given).map(([name, value]) => [name, value.replace('/run/secrets', secrets)]);
      const read = PROCESSES[app].readSettings(withSecretFiles(Object.fromEntries(env)));
      expect(read).toMatchObject({ streams: { kurrentUrl: 'esdb://kurrentdb:2113?tls=false' } });
    },
  );

  it('begins with a catalog that the image has', () => {
    const catalog = services['api']?.environment?.['CREDITFOLD_CATALOG'] ?? '';
    expect([isInImage(catalog), existsSync(sourceOf(catalog))]).toEqual([true, true]);
  });

  it.each(PROCESSES_OF_FILE)('%s is asked for a path that it answers', async (app, service) => {
    const [kind, program, probe = '', path = ''] = service.healthcheck.test ?? [];
    expect([kind, program, isInImage(probe), existsSync(probe)]).toEqual(['CMD', 'node', true, true]);
    expect(await PROCESSES[app].answers(path)).toBe(true);
    expect(await PROCESSES[app].answers('/health/none')).toBe(false);
  });

  it('names the engines as they listen', () => {
    const { KAFKA_LISTENERS: listeners = '', KAFKA_ADVERTISED_LISTENERS: advertised = '' } =
      services['kafka']?.environment ?? {};
    const brokers = services['aggregator']?.environment?.['KAFKA_BROKERS'];
    expect(advertised.split(',')).toContain(`INTERNAL://${brokers}`);
    expect(listeners.split(',').map((listener) => listener.split(':').at(-1))).toEqual(['9092', '9093', '9094']);
    const url = new URL(readFileSync(join(secrets, 'database', 'url'), 'utf8').trim());
    const { POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD_FILE = '' } = services['postgres']?.environment ?? {};
    const password = readFileSync(POSTGRES_PASSWORD_FILE.replace('/run/secrets', secrets), 'utf8').trim();
    expect([url.host, url.username, url.pathname]).toEqual(['postgres:5432', POSTGRES_USER, `/${POSTGRES_DB}`]);
    expect(url.password).toBe(password);
  });
});
