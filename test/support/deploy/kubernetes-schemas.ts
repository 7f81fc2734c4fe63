import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import * as apps from 'kubernetes-models/apps/v1';
import * as autoscaling from 'kubernetes-models/autoscaling/v2';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import ts from 'typescript';
import type { Manifest } from './manifests.js';

interface Model {
  /** @throws what the schema objects to */
  validate(): void;
}

/** The models that are generated from the API's own schemas, by `apiVersion`. */
const MODELS: Readonly<Record<string, { readonly from: string; readonly models: object }>> = {
  v1: { from: 'kubernetes-models/v1', models: core },
  'apps/v1': { from: 'kubernetes-models/apps/v1', models: apps },
  'autoscaling/v2': { from: 'kubernetes-models/autoscaling/v2', models: autoscaling },
  'networking.k8s.io/v1': { from: 'kubernetes-models/networking.k8s.io/v1', models: networking },
  'policy/v1': { from: 'kubernetes-models/policy/v1', models: policy },
  'keda.sh/v1alpha1': { from: '@kubernetes-models/keda/keda.sh/v1alpha1', models: keda },
};

function modelsOf({ apiVersion, kind }: Manifest): (typeof MODELS)[string] {
  const found = MODELS[apiVersion];
  if (found === undefined || !(kind in found.models)) throw new Error(`there is no ${apiVersion} ${kind}`);
  return found;
}

/** What the schema objects to in values: types, formats, required fields. Fields that it does not know pass. */
export function schemaFault(manifest: Manifest): string | undefined {
  const { models } = modelsOf(manifest);
  const kinds = models as Readonly<Record<string, new (data: object) => Model>>;
  const Kind = kinds[manifest.kind];
  if (Kind === undefined) throw new Error(`there is no ${manifest.kind}`);
  try {
    new Kind(manifest).validate();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
};

/**
 * What the generated types object to, misspelt fields above all: the schemas let those pass, as the cluster would, which
 * then ignores them. The compiler reads each object as a literal of its type.
 */
export function typeFaults(manifests: readonly Manifest[]): readonly string[] {
  const fileName = `${process.cwd()}/test/support/deploy/manifests.generated.ts`;
  const lines = manifests.map((manifest, nth) => {
    const { from } = modelsOf(manifest);
    return `export const _${nth}: import('${from}').I${manifest.kind} = ${JSON.stringify(manifest)};`;
  });
  const host = ts.createCompilerHost(OPTIONS);
  const onDisk = { ...host };
  host.fileExists = (name) => name === fileName || onDisk.fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === fileName ? ts.createSourceFile(name, lines.join('\n'), rest[0]) : onDisk.getSourceFile(name, ...rest);
  const program = ts.createProgram([fileName], OPTIONS, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const nth = file?.fileName === fileName ? file.getLineAndCharacterOfPosition(start ?? 0).line : -1;
    const { kind = file?.fileName, metadata } = manifests[nth] ?? {};
    return `${kind} ${metadata?.name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}
