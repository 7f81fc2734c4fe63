import type { AccountState } from '@app/metering';
import { z } from 'zod';

/** Record of `AccountRecordPut` in which an account keeps its resources, by kind and id. */
export const RESOURCE_RECORD = 'resource';
export const RESOURCE_KINDS = ['tool', 'model', 'deployment', 'guardrail', 'script'] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];
export const STATUSES = ['deployed', 'undeployed', 'deleted'] as const;

const record = z.object({
  name: z.string(),
  owner: z.string(),
  status: z.enum(STATUSES),
  type: z.string().nullable(),
  language: z.string().nullable(),
  hardware: z.string().nullable(),
  model: z.string().nullable(),
  endpoint: z.string().nullable(),
  /** Start of the newest deployment. */
  deployedAtMs: z.int().nullable(),
  updatedAtMs: z.int(),
  /** Time deployed before the newest deployment. */
  deployedBeforeMs: z.int(),
  deployments: z.int(),
  /** Null: this is the first that is known of it. */
  previousStatus: z.enum(STATUSES).nullable(),
});

/** A tool, model, deployment, guardrail or script as the account last described it. */
export type StoredResource = z.output<typeof record>;

export const parseResource = (text: string): StoredResource => record.parse(JSON.parse(text));

export const resourceKey = (kind: ResourceKind, id: string): string => `${kind}/${id}`;

/** The account's resources of one kind, by id. */
export function resourcesOf(state: AccountState, kind: ResourceKind): Map<string, StoredResource> {
  const prefix = `${RESOURCE_RECORD}/${kind}/`;
  const resources = new Map<string, StoredResource>();
  for (const [key, text] of state.records)
    if (key.startsWith(prefix)) resources.set(key.slice(prefix.length), parseResource(text));
  return resources;
}

export interface ResourceChange {
  readonly name: string;
  readonly owner: string;
  readonly status: StoredResource['status'];
  readonly type: string | null;
  readonly language: string | null;
  readonly hardware: string | null;
  readonly model: string | null;
  readonly endpoint: string | null;
  readonly deployedAtMs: number | null;
}

/** What is kept after a change at `atMs`: deployments are counted, and the time that each lasted is added up. */
export function changedResource(old: StoredResource | undefined, change: ResourceChange, atMs: number): StoredResource {
  const wasDeployed = old?.status === 'deployed';
  const isDeployed = change.status === 'deployed';
  const isNewDeployment = isDeployed && (!wasDeployed || isLater(change.deployedAtMs, old.deployedAtMs));
  const deployedAtMs = isNewDeployment ? (change.deployedAtMs ?? atMs) : (old?.deployedAtMs ?? change.deployedAtMs);
  const endedAtMs = isNewDeployment ? Math.min(deployedAtMs ?? atMs, atMs) : atMs;
  const hasEnded = wasDeployed && (!isDeployed || isNewDeployment);
  const lastedMs = hasEnded ? Math.max(0, endedAtMs - (old.deployedAtMs ?? endedAtMs)) : 0;
  return {
    ...change,
    deployedAtMs,
    updatedAtMs: atMs,
    deployedBeforeMs: (old?.deployedBeforeMs ?? 0) + lastedMs,
    deployments: (old?.deployments ?? 0) + (isNewDeployment ? 1 : 0),
    previousStatus: old?.status ?? null,
  };
}

/** Time deployed so far, the newest deployment included. */
export const durationMs = ({ status, deployedAtMs, deployedBeforeMs }: StoredResource, nowMs: number): number =>
  deployedBeforeMs + (status === 'deployed' && deployedAtMs !== null ? Math.max(0, nowMs - deployedAtMs) : 0);

const isLater = (one: number | null, other: number | null): boolean => one !== null && other !== null && one > other;
