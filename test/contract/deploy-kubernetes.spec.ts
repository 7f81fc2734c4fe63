import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withSecretFiles } from '@app/postgres';
import type { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import type { Deployment } from 'kubernetes-models/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { ConfigMap, Secret, Service } from 'kubernetes-models/v1';
import { parse } from 'yaml';
import { topicDefinitions } from '../../apps/api/src/index.js';
import { AggregatorWorld } from '../support/aggregator-world.js';
import { isInImage, sourceOf } from '../support/deploy/image.js';
import { schemaFault, typeFaults } from '../support/deploy/kubernetes-schemas.js';
import { readManifests } from '../support/deploy/manifests.js';
import { KNOWN_VARIABLES, PROCESSES } from '../support/deploy/process-facts.js';

const FOLDER = 'deploy/kubernetes';
const SECRETS = '/run/secrets/creditfold';
const written = readManifests(FOLDER);
const manifests = written.map(([, manifest]) => manifest);
/** The objects of a kind, as its type says; the schemas are asked in tests of their own. */
const objects: readonly { readonly kind: string }[] = manifests;
const ofKind = <Kind extends { readonly kind: string }>(kind: Kind['kind']): readonly Kind[] =>
  objects.filter((object): object is Kind => object.kind === kind);
const deployments = (['aggregator', 'api', 'projector'] as const).map((app) => {
  const deployment = ofKind<Deployment>('Deployment').find(({ metadata }) => metadata?.name === app);
  const container = deployment?.spec?.template.spec?.containers[0];
  if (deployment?.spec === undefined || container === undefined) throw new Error(`there is no deployment of ${app}`);
  return [app, { spec: deployment.spec, container }] as const;
});

describe('deploy/kubernetes', () => {
  let scratch: string;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'secrets-'));
    const secrets = ofKind<Secret>('Secret').flatMap(({ stringData = {} }) => Object.entries(stringData));
    for (const [key, value] of secrets) writeFileSync(join(scratch, key), value);
  });
  afterAll(() => rmSync(scratch, { recursive: true }));

  it.each(written)('%s: %j is what its schema says', (_file, manifest) => {
    expect(schemaFault(manifest)).toBeUndefined();
    const { name, namespace = name } = manifest.metadata;
    expect(namespace).toBe('creditfold');
  });

  it('has no field that its type does not know', () => {
    expect(typeFaults(manifests)).toEqual([]);
    const budget = manifests.find(({ kind }) => kind === 'PodDisruptionBudget');
    if (budget === undefined) throw new Error('there is no budget');
    const misspelt = { ...budget, spec: { maxUnavailabel: 1 } };
    expect(typeFaults([misspelt])).toEqual([
      expect.stringMatching(/^PodDisruptionBudget aggregator: .*maxUnavailabel/),
    ]);
    expect(schemaFault({ ...budget, spec: { selector: 'all' } })).toContain('/spec/selector');
  });

  it('is applied as a whole', () => {
    const { resources } = parse(readFileSync(join(FOLDER, 'kustomization.yaml'), 'utf8')) as {
      readonly resources: string[];
    };
    const files = new Set(written.map(([file]) => file));
    files.delete('example/secrets.yaml');
    expect(new Set(resources)).toEqual(files);
  });

  it.each(deployments)('%s runs what the image has, as nobody special', (app, { spec, container }) => {
    const program = `dist/apps/${app}/src/main.js`;
    expect([container.args, isInImage(program), existsSync(sourceOf(program))]).toEqual([[program], true, true]);
    const pod = spec.template.spec;
    expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod?.automountServiceAccountToken).toBe(false);
    expect(spec.template.metadata?.labels).toMatchObject(spec.selector.matchLabels ?? {});
    const budgets = ofKind<PodDisruptionBudget>('PodDisruptionBudget').map((budget) => budget.spec?.selector);
    expect(budgets).toContainEqual({ matchLabels: spec.selector.matchLabels });
  });

  it.each(deployments)('%s starts with its variables, secrets from the files', (app, { spec, container }) => {
    const settings = ofKind<ConfigMap>('ConfigMap').find(
      ({ metadata }) => metadata?.name === container.envFrom?.[0]?.configMapRef?.name,
    );
    const given = {
      ...settings?.data,
      ...Object.fromEntries((container.env ?? []).map(({ name, value = '' }) => [name, value])),
    };
    expect(Object.keys(given).filter((name) => !KNOWN_VARIABLES.has(name))).toEqual([]);
    expect(container.volumeMounts).toContainEqual({ name: 'secrets', mountPath: SECRETS, readOnly: true });
    const sources = spec.template.spec?.volumes?.find(({ name }) => name === 'secrets')?.projected?.sources ?? [];
    const keys = ofKind<Secret>('Secret')
      .filter(({ metadata }) => sources.some(({ secret }) => secret?.name === metadata?.name))
      .flatMap(({ stringData = {} }) => Object.keys(stringData));
    const files = Object.values(given).filter((value) => value.startsWith(SECRETS));
    expect(new Set(files)).toEqual(new Set(keys.map((key) => `${SECRETS}/${key}`)));
    const env = Object.entries(given).map(([name, value]) => [name, value.replace(SECRETS, scratch)]);
    expect(PROCESSES[app].readSettings(withSecretFiles(Object.fromEntries(env)))).toMatchObject({ port: 3000 });
  });

  it.each(deployments)('%s is probed, and scraped, where it answers', async (app, { spec, container }) => {
    expect(container.ports).toEqual([{ name: 'http', containerPort: 3000 }]);
    const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
    expect(probes.map((probe) => probe?.httpGet?.port)).toEqual(['http', 'http', 'http']);
    const scraped = spec.template.metadata?.annotations?.['prometheus.io/path'] ?? '';
    const paths = [...probes.map((probe) => probe?.httpGet?.path ?? ''), scraped];
    expect(await Promise.all(paths.map((path) => PROCESSES[app].answers(path)))).toEqual([true, true, true, true]);
  });

  it('has a service before the API, and leaves the number of pods to whoever scales', () => {
    const [service] = ofKind<Service>('Service');
    const api = deployments.find(([app]) => app === 'api')?.[1].spec;
    expect(service?.spec?.selector).toEqual(api?.selector.matchLabels);
    const [cpu] = ofKind<HorizontalPodAutoscaler>('HorizontalPodAutoscaler');
    const [lag] = ofKind<ScaledObject>('ScaledObject');
    const scaled = [cpu?.spec.scaleTargetRef.name, lag?.spec.scaleTargetRef.name];
    expect(scaled).toEqual(['api', 'aggregator']);
    for (const [app, { spec }] of deployments)
      expect([app, spec.replicas === undefined]).toEqual([app, scaled.includes(app)]);
  });

  it('scales aggregators by a figure that they report, up to the partitions that there are', async () => {
    const [scaling] = ofKind<ScaledObject>('ScaledObject');
    const query = scaling?.spec.triggers[0]?.metadata['query'] ?? '';
    const [, metric = ''] = /^sum\((\w+)\)$/.exec(query) ?? [];
    const world = new AggregatorWorld(Date.UTC(2026, 10, 1));
    await world.createTopics(2);
    const aggregator = await world.start();
    expect(await aggregator.metrics()).toContain(`\n${metric}{topic="usage.v1",partition="0"} 0\n`);
    await aggregator.stop();
    expect(scaling?.spec.maxReplicaCount).toBe(topicDefinitions('usage.v1')[0]?.partitions);
  });
});
