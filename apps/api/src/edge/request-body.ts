import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { LIMITS } from '../limits.js';
import { callOf, requestOf } from './call.js';
import type { HttpRequest } from './http.js';
import { headerOf } from './http.js';
import { itemsOf } from './issues.js';
import { Problem } from './problem.js';

const unzip = promisify(gunzip);

/** `application/json` of a content type with parameters; throws for another character set than UTF-8. */
export function mediaTypeOf(contentType: string | null): string | null {
  if (contentType === null) return null;
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  for (const parameter of parameters) {
    const [key = '', value = ''] = parameter.split('=');
    if (key.trim() === 'charset' && !/^"?utf-?8"?$/.test(value.trim())) {
      throw Problem.of('UnsupportedMediaType', 'The body has to be UTF-8.');
    }
  }
  return type.trim();
}

/**
 * The bytes of a body, decompressed. The output of gzip is bounded, so a small file never becomes more than the limit.
 * @throws Problem TooLarge, UnsupportedMediaType
 */
export async function bodyBytesOf(request: HttpRequest, bytesMax: number): Promise<Buffer> {
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const encoding = (headerOf(request, 'content-encoding') ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return raw;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw Problem.of('UnsupportedMediaType', 'Of content encodings gzip alone is accepted.');
  }
  try {
    return await unzip(raw, { maxOutputLength: bytesMax });
  } catch (error) {
    if (isNodeError(error, 'ERR_BUFFER_TOO_LARGE'))
      throw Problem.of('TooLarge', `The body is larger than ${bytesMax} bytes.`);
    throw Problem.of('MalformedJson', 'The body is not gzip.');
  }
}

const isNodeError = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a body that must be UTF-8 without a byte order mark. @throws Problem MalformedJson */
function textOf(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw Problem.of('MalformedJson', 'The body is not UTF-8.');
  }
}

/** Whatever JSON the text is. @throws Problem MalformedJson, without quoting the text */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw Problem.of('MalformedJson', 'The body is not JSON.');
  }
}

/** The text of a JSON body. @throws Problem TooLarge, UnsupportedMediaType, MalformedJson */
export async function readJsonText(request: HttpRequest, bytesMax: number): Promise<string> {
  const bytes = await bodyBytesOf(request, bytesMax);
  if (mediaTypeOf(headerOf(request, 'content-type')) !== 'application/json') {
    throw Problem.of('UnsupportedMediaType', 'The body has to be application/json.');
  }
  return textOf(bytes);
}

async function readBody(request: HttpRequest): Promise<unknown> {
  const { endpoint } = callOf(request);
  if (!endpoint.body) throw new Error(`${endpoint.path} takes no body.`);
  const isEmpty = !Buffer.isBuffer(request.body) || request.body.length === 0;
  if (isEmpty && endpoint.isBodyOptional === true) return parsed(endpoint.body, {});
  const text = await readJsonText(request, endpoint.bodyBytesMax ?? LIMITS.bodyBytesMax);
  return parsed(endpoint.body, parseJson(text));
}

function parsed(schema: NonNullable<ReturnType<typeof callOf>['endpoint']['body']>, value: unknown): unknown {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const errors = itemsOf(result.error).slice(0, LIMITS.errorsMax);
  throw Problem.of('InvalidBody', `${errors.length} ${errors.length === 1 ? 'field is' : 'fields are'} not valid`, {
    errors,
  });
}

/** Hands a handler its JSON body as the endpoint's schema made it. @throws Problem MalformedJson, InvalidBody, TooLarge, UnsupportedMediaType */
export const TheBody = createParamDecorator((_: unknown, context: ExecutionContext) => readBody(requestOf(context)));

/** Hands a handler the request itself, for bodies that it reads by its own rules. */
export const TheRequest = createParamDecorator((_: unknown, context: ExecutionContext) => requestOf(context));
