import { randomUUID } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { formatTime } from '@app/metering';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { pathParameter, TheCall, TheQuery } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import { Cursors } from '../edge/cursor.js';
import { Endpoint } from '../edge/endpoint.js';
import { Problem } from '../edge/problem.js';
import { TheBody } from '../edge/request-body.js';
import { timeOrNull } from '../edge/formats.js';
import { instant, name, pageQuery } from '../edge/schemas.js';
import { LIMITS } from '../limits.js';
import { AUTHENTICATOR, CURSORS, PARTS } from '../tokens.js';
import type { Authenticator } from './authenticator.js';
import { hashKey, newKeySecret } from './key-format.js';
import type { ApiKey } from './key-store.js';
import { SCOPES } from './principal.js';

const newKey = z
  .strictObject({
    name,
    organisation: name.nullable(),
    scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
    expiresAt: instant.optional(),
  })
  // What creates or moves credits is the operator's: an organisation's own key never can.
  .refine((key) => key.organisation === null || !key.scopes.includes('admin'), {
    error: "admin is for operators' keys: leave the scope or the organisation out",
    path: ['scopes'],
  });

const shownOnce = z.object({ id: z.string(), key: z.string().meta({ description: 'Shown this once.' }) });

const listedKey = z.object({
  id: z.string(),
  name: z.string(),
  organisation: z.string().nullable(),
  scopes: z.array(z.enum(SCOPES)),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
});

const listQuery = z.strictObject(pageQuery);
const ADMIN = { scope: 'admin', isOperatorOnly: true } as const;

/** Keys of the API: made, listed, revoked and rotated by the operator. */
@Controller()
export class KeysController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
    @Inject(CURSORS) private readonly cursors: Cursors,
  ) {}

  @Endpoint({ ...ADMIN, method: 'POST', path: '/v1/keys', summary: 'Make a key', body: newKey, answer: shownOnce })
  async create(@TheBody() body: z.output<typeof newKey>): Promise<z.input<typeof shownOnce>> {
    const nowMs = this.parts.nowMs();
    if (body.expiresAt !== undefined && body.expiresAt <= nowMs) {
      throw Problem.of('InvalidBody', 'expiresAt is not ahead', {
        errors: [{ pointer: '/expiresAt', code: 'Invalid', detail: 'expiresAt is not ahead' }],
      });
    }
    const id = `k-${randomUUID()}`;
    const key = newKeySecret();
    const { organisation, scopes, expiresAt } = body;
    const terms = { name: body.name, organisation, scopes: [...new Set(scopes)], expiresAtMs: expiresAt ?? null };
    await this.parts.keys.insert({ id, createdAtMs: nowMs, ...terms }, hashKey(key));
    return { id, key };
  }

  @Endpoint({
    ...ADMIN,
    method: 'GET',
    path: '/v1/keys',
    summary: 'List keys, newest first',
    query: listQuery,
    answer: z.object({ items: z.array(listedKey), next: z.string().nullable() }),
  })
  async list(@TheCall() call: Call, @TheQuery() query: z.output<typeof listQuery>): Promise<object> {
    const scope = { route: call.endpoint.path, organisation: '', filters: {} };
    const limit = query.limit ?? LIMITS.pageItemsDefault;
    const afterId = query.next === undefined ? null : this.cursors.open(scope, query.next);
    const keys = await this.parts.keys.list({ limit: limit + 1, afterId });
    const page = keys.slice(0, limit);
    const last = page.at(-1);
    const next = keys.length > limit && last ? this.cursors.seal(scope, last.id) : null;
    return { items: page.map(shown), next };
  }

  @Endpoint({
    ...ADMIN,
    method: 'DELETE',
    path: '/v1/keys/:id',
    summary: 'Revoke a key',
    answer: z.object({ id: z.string() }),
  })
  async remove(@TheCall() call: Call): Promise<object> {
    const id = pathParameter(call, 'id');
    const isRemoved = await this.parts.keys.remove(id);
    this.authenticator.forget();
    if (!isRemoved) throw Problem.of('NotFound', 'There is no such key.');
    return { id };
  }

  @Endpoint({
    ...ADMIN,
    method: 'POST',
    path: '/v1/keys/:id/rotate',
    summary: 'Give a key a new secret; the old one works for another day',
    answer: shownOnce,
  })
  async rotate(@TheCall() call: Call): Promise<z.input<typeof shownOnce>> {
    const id = pathParameter(call, 'id');
    const key = newKeySecret();
    const nowMs = this.parts.nowMs();
    const rotation = { secretHash: hashKey(key), nowMs, oldUntilMs: nowMs + LIMITS.keyRotationOverlapMs };
    const isRotated = await this.parts.keys.rotate(id, rotation);
    this.authenticator.forget();
    if (!isRotated) throw Problem.of('NotFound', 'There is no such key.');
    return { id, key };
  }
}

function shown(key: ApiKey): z.input<typeof listedKey> {
  const { id, name: keyName, organisation, scopes } = key;
  const times = { expiresAt: timeOrNull(key.expiresAtMs), lastUsedAt: timeOrNull(key.lastUsedAtMs) };
  return { id, name: keyName, organisation, scopes: [...scopes], createdAt: formatTime(key.createdAtMs), ...times };
}
