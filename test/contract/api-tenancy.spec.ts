import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly scope: string | undefined;
}

let api: ApiHarness;
let routes: Route[];
let acme: ApiClient;

beforeAll(async () => {
  api = await startApiHarness();
  await api.publishCatalog();
  for (const organisation of ['acme', 'globex']) {
    await api.admin.put(`/v1/organisations/${organisation}`, { json: { plan: 'free' } });
  }
  acme = await api.clientWith({ organisation: 'acme', scopes: ['ingest', 'read', 'write'] });
  const document = (await api.admin.get('/openapi.json')).json() as {
    paths: Record<string, Record<string, { 'x-scope'?: string }>>;
  };
  routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      scope: operation['x-scope'],
    })),
  );
});
afterAll(() => api.stop());

const PUBLIC = ['/v1/payments/webhook', '/health/live', '/health/ready', '/metrics', '/openapi.json'];

const filled = (path: string, organisation: string): string =>
  path.replace('{organisation}', organisation).replaceAll(/\{\w+\}/g, 'something');

/** Sent without a body and parameters: what is refused for the caller is refused before either is looked at. */
const call = (client: ApiClient, route: Route, organisation: string, key?: null): ReturnType<ApiClient['send']> =>
  client.send(route.method, filled(route.path, organisation), {
    headers: { 'idempotency-key': 'tenancy' },
    ...(key === null ? { key } : {}),
  });

describe('every route of the contract', () => {
  it('is served, and those without a scope are the public ones', () => {
    expect(routes.length).toBeGreaterThan(20);
    expect(routes.filter((route) => route.scope === undefined).map((route) => route.path)).toEqual(
      PUBLIC.filter((path) => routes.some((route) => route.path === path)),
    );
  });

  it('answers 401 without a key, and 401 with a wrong one', async () => {
    for (const route of routes.filter(({ scope }) => scope !== undefined)) {
      const without = await call(api.admin, route, 'acme', null);
      expect([route.method, route.path, without.status]).toEqual([route.method, route.path, 401]);
      const wrong = await call(api.admin.withKey(`cf_${'0'.repeat(56)}`), route, 'acme');
      expect([route.method, route.path, wrong.status]).toEqual([route.method, route.path, 401]);
    }
  });

  it("answers another organisation's data as if it did not exist", async () => {
    for (const route of routes.filter(({ path }) => path.includes('{organisation}'))) {
      const foreign = await call(acme, route, 'globex');
      const unknown = await call(acme, route, 'nobody-at-all');
      expect([route.path, foreign.status, foreign.problem().code]).toEqual([route.path, 404, 'NotFound']);
      expect(foreign.problem()).toEqual(unknown.problem());
    }
  });

  it("denies an organisation's key whatever is the operator's", async () => {
    for (const route of routes.filter(({ scope }) => scope === 'admin')) {
      const answer = await call(acme, route, 'acme');
      expect([route.path, answer.status, answer.problem().code]).toEqual([route.path, 403, 'ScopeMissing']);
    }
  });

  it('denies every scope but its own', async () => {
    for (const scope of ['ingest', 'read', 'write']) {
      const client = await api.clientWith({ organisation: null, scopes: [scope] });
      for (const route of routes.filter((each) => each.scope !== undefined && each.scope !== scope)) {
        const answer = await call(client, route, 'acme');
        expect([scope, route.path, answer.status]).toEqual([scope, route.path, 403]);
      }
    }
  });

  it.each(['%00', 'a%0Ab', 'a%C2%85b', '%20acme', 'x'.repeat(256), '%ff'])(
    'takes no name that is none: %s',
    async (organisation) => {
      for (const route of routes.filter(({ path, method }) => path.includes('{organisation}') && method === 'GET')) {
        expect([route.path, (await call(api.admin, route, organisation)).status]).toEqual([route.path, 404]);
      }
    },
  );

  it('refuses parameters that it does not know', async () => {
    for (const route of routes.filter(({ method, scope }) => method === 'GET' && scope !== undefined)) {
      const path = `${filled(route.path, 'acme')}?sort=balance;drop`;
      const answer = await api.admin.get(path);
      expect([route.path, answer.status]).toEqual([route.path, 400]);
      expect(answer.problem()).toMatchObject({ code: 'InvalidParameter' });
      expect(answer.problem().errors).toContainEqual(
        expect.objectContaining({ pointer: '/sort', code: 'UnknownField' }),
      );
    }
  });

  it('refuses fields that it does not know, whatever they promise', async () => {
    const taken = ['balance', 'tenantId', 'organisationId', 'createdAt', 'role', 'admin', '__proto__'];
    const withBody = routes.filter(
      ({ method, path, scope }) =>
        scope !== undefined &&
        method !== 'GET' &&
        method !== 'DELETE' &&
        !path.includes('events') &&
        !/rotate|requeue/.test(path),
    );
    for (const { method, path } of withBody) {
      const json: Record<string, unknown> = Object.fromEntries(taken.map((field) => [field, 'x']));
      const answer = await api.admin.send(method, filled(path, 'acme'), {
        raw: JSON.stringify(json).replace('{', '{"__proto__":"x",'),
        headers: { 'content-type': 'application/json', 'idempotency-key': 'mass', 'if-match': '1' },
      });
      expect([path, answer.status]).toEqual([path, 422]);
    }
  });

  it('answers unknown paths and methods with a problem', async () => {
    for (const [method, path] of [
      ['GET', '/v2'],
      ['GET', '/v1/organisations/acme/nothing'],
      ['DELETE', '/v1/catalog'],
      ['OPTIONS', '/v1/keys'],
      ['PATCH', '/v1/keys/k-1'],
      ['GET', '/v1/organisations//balance'],
    ] as const) {
      const answer = await api.admin.send(method, path);
      expect([path, answer.status, answer.problem().code]).toEqual([path, 404, 'NotFound']);
    }
  });
});
