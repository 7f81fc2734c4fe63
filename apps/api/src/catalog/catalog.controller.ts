import { Controller, Inject, Res } from '@nestjs/common';
import { catalogSchema, isJsonObject } from '@app/metering';
import type { CatalogDocument } from '@app/metering';
import { z } from 'zod';
import type { ApiParts } from '../api-parts.js';
import { pathParameter, TheCall } from '../edge/call.js';
import type { Call } from '../edge/call.js';
import { Endpoint } from '../edge/endpoint.js';
import { headerOf } from '../edge/http.js';
import type { HttpReply, HttpRequest } from '../edge/http.js';
import { invalidParameter, Problem } from '../edge/problem.js';
import { parseJson, readJsonText, TheRequest } from '../edge/request-body.js';
import { LIMITS } from '../limits.js';
import { PARTS } from '../tokens.js';

const published = catalogSchema.extend({ version: z.int() });
const version = z.object({ version: z.int() });

/** The catalog: meters, prices, plans and packages as one versioned document. */
@Controller()
export class CatalogController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  @Endpoint({ method: 'GET', path: '/v1/catalog', summary: 'The current catalog', scope: 'read', answer: published })
  async current(@Res({ passthrough: true }) reply: HttpReply): Promise<object> {
    const current = await this.parts.catalogs.refresh();
    if (!current) throw Problem.of('NotFound', 'No catalog has been published yet.');
    reply.header('etag', `"${current.version}"`);
    return { version: current.version, ...current.document };
  }

  @Endpoint({
    method: 'GET',
    path: '/v1/catalog/:version',
    summary: 'A version of the catalog, as it was published',
    scope: 'read',
    answer: published,
  })
  async byVersion(@TheCall() call: Call): Promise<object> {
    const wanted = versionOf(pathParameter(call, 'version'));
    const event = wanted === undefined ? undefined : await this.parts.catalogs.version(wanted);
    if (!event) throw Problem.of('NotFound', 'There is no such version.');
    return { version: event.version, ...(event.document as CatalogDocument) };
  }

  @Endpoint({
    method: 'PUT',
    path: '/v1/catalog',
    summary: 'Publish a catalog, whole; If-Match names the version that it follows (0: none)',
    scope: 'admin',
    isOperatorOnly: true,
    body: catalogSchema,
    bodyBytesMax: LIMITS.catalogBytesMax,
    answer: version,
  })
  async publish(@TheCall() call: Call, @TheRequest() request: HttpRequest): Promise<z.input<typeof version>> {
    const expectedVersion = expectedVersionOf(request);
    // Read by the catalog's own rules: their pointers and codes say more than a schema's.
    const sent = parseJson(await readJsonText(request, LIMITS.catalogBytesMax));
    const document = withoutVersion(sent, expectedVersion);
    const outcome = await this.parts.catalogs.publish(document, {
      expectedVersion,
      nowMs: this.parts.nowMs(),
      actor: call.actor,
      fileHash: null,
    });
    switch (outcome.kind) {
      case 'published':
        return { version: outcome.catalog.version };
      case 'conflict':
        throw Problem.of('VersionMismatch', `The current version is ${outcome.version}.`);
      case 'invalid':
      case 'changes-history': {
        const errors = outcome.errors.slice(0, LIMITS.errorsMax);
        throw Problem.of('InvalidCatalog', `${errors.length} faults; nothing was published`, { errors });
      }
    }
  }
}

/** `If-Match: "3"` (quotes may be left out); `If-None-Match: *` for the first one. @throws Problem VersionRequired */
function expectedVersionOf(request: HttpRequest): number {
  if (headerOf(request, 'if-none-match')?.trim() === '*') return 0;
  const header = headerOf(request, 'if-match');
  if (header === null)
    throw Problem.of('VersionRequired', 'Send If-Match with the version that this one follows (0: none).');
  const expected = versionOf(header.trim().replace(/^"(.*)"$/, '$1'));
  if (expected === undefined) throw invalidParameter('If-Match', 'If-Match is not a version');
  return expected;
}

/** A catalog as it was answered, edited, comes with the version that it follows: told twice, it has to be the same. */
function withoutVersion(sent: unknown, expectedVersion: number): unknown {
  if (!isJsonObject(sent) || sent['version'] !== expectedVersion) return sent;
  const { version: _told, ...document } = sent;
  return document;
}

const versionOf = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
