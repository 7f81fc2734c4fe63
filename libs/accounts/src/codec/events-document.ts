import type * as z from 'zod';
import type { EventDescription } from './describe-events.js';

type Schema = z.core.JSONSchema.BaseSchema;

const HEAD = `# Events

Generated from the schemas of the codec; \`UPDATE_DOCS=1\` with the contract test of this file writes it again.

Every event is stored as \`[version: 1 byte][chain hash: 32 bytes][body]\`. The chain hash is SHA-256 over the previous
event's chain hash, the type, the version byte and the body; a stream's first event continues from SHA-256 of the stream's
name. The event's id is a UUID of version 8 made from the first 16 bytes of its hash. A JSON body is UTF-8 with integers
beyond 2^53 as decimal strings; a binary body is shown in the JSON form that debugging views give it. An older version is
read through upcasters; a process that meets a newer version stops and says so.
`;

const CONSTRAINTS = new Set([-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]);

/** A schema as one phrase: \`LedgerEntry[]\`, \`Instant | null\`. */
function phrase(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.replace('#/$defs/', '');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map((choice) => phrase(choice)).join(' | ');
  if (schema.allOf !== undefined) return schema.allOf.map((part) => phrase(part)).join(' & ');
  if (schema.type === 'array') return arrayPhrase(schema);
  if (schema.type === 'object') return `{ ${fieldsOf(schema).join('; ')} }`;
  if (schema.type === 'integer') return `integer${bounds(schema)}`;
  if (Array.isArray(schema.type)) return schema.type.join(' | ');
  return typeof schema.type === 'string' ? schema.type : 'any JSON value';
}

function arrayPhrase(schema: Schema): string {
  if (schema.prefixItems !== undefined)
    return `[${schema.prefixItems.map((item) => phrase(item as Schema)).join(', ')}]`;
  const item = phrase((schema.items ?? {}) as Schema);
  return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
}

function bounds({ minimum, maximum }: Schema): string {
  if (minimum === undefined || maximum === undefined || CONSTRAINTS.has(maximum)) return '';
  return ` ${minimum}…${maximum}`;
}

function fieldsOf(schema: Schema): string[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).map(
    ([name, field]) => `${name}${required.has(name) ? '' : '?'}: ${phrase(field as Schema)}`,
  );
}

function table(schema: Schema): string {
  const required = new Set(schema.required);
  // The type is the section's own heading.
  const type = schema.properties?.['type'];
  const hasLiteralType = typeof type === 'object' && type.const !== undefined;
  const rows = Object.entries(schema.properties ?? {})
    .filter(([name]) => name !== 'type' || !hasLiteralType)
    .map(([name, field]) => {
      const kind = phrase(field as Schema).replaceAll('|', '\\|');
      return `| \`${name}\`${required.has(name) ? '' : ' (optional)'} | ${kind} |`;
    });
  return ['| field | type |', '|---|---|', ...rows].join('\n');
}

function typeSection([name, schema]: readonly [string, Schema]): string {
  const body = schema.type === 'object' ? table(schema) : `\`${phrase(schema)}\``;
  return `### ${name}\n\n${[schema.description, body].filter((part) => part !== undefined).join('\n\n')}\n`;
}

/** docs/events.md from the descriptions of all events: one table an event, then the types that they share. */
export function renderEventsDocument(events: readonly EventDescription[]): string {
  const types = new Map<string, Schema>();
  const parts = [HEAD];
  let stream = '';
  for (const event of events) {
    const fields: Schema = event.fields;
    if (event.stream !== stream) parts.push(`## Stream \`${event.stream}\`\n`);
    stream = event.stream;
    for (const [name, schema] of Object.entries(fields.$defs ?? {})) types.set(name, schema);
    const form = `Version ${event.version}, ${event.encoding === 'json' ? 'JSON' : 'binary columns'}.`;
    parts.push(`### ${event.type}\n\n${fields.description ?? ''} ${form}\n\n${table(fields)}\n`);
  }
  const sections = [...types].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(typeSection);
  return [...parts, '## Types\n', ...sections].join('\n');
}
