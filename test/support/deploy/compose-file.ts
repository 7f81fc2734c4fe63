import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

/** What the tests look at of a service in `docker-compose.yml`; the schema has looked at all of it before. */
export interface ComposeService {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy: {
    readonly replicas?: number;
    readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string } };
  };
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const readJson = (path: string): object => JSON.parse(readFileSync(path, 'utf8')) as object;

/** Faults of a document by the Compose specification's own schema. */
export function composeFaults(document: unknown): readonly ErrorObject[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile(readJson('test/support/deploy/compose-spec/compose-spec.json'));
  return validate(document) ? [] : (validate.errors ?? []);
}

/** The file with its anchors merged, as `docker compose` reads it. */
export const parseCompose = (text: string): unknown => parse(text, { merge: true });

/** @throws {Error} listing what the schema objects to */
export function readCompose(path = 'docker-compose.yml'): ComposeFile {
  const document = parseCompose(readFileSync(path, 'utf8'));
  const faults = composeFaults(document);
  if (faults.length > 0) throw new Error(`${path}: ${JSON.stringify(faults, undefined, 1)}`);
  return document as ComposeFile;
}
