import { formatCredits } from '@app/metering';
import type { ResourceMeterItem } from '@app/read-models';
import { z } from 'zod';
import { timeOrNull } from '../edge/formats.js';
import { durationMs, STATUSES } from './resource-record.js';
import type { StoredResource } from './resource-record.js';

const component = z.object({ meter: z.string(), events: z.int(), quantity: z.string(), credits: z.string() });
const figures = {
  events: z.int().meta({ description: 'Meter lines: runs of a tool, calls of a model' }),
  credits: z.string(),
  hostingCredits: z.string().meta({ description: 'Of meters whose key has the word hosting' }),
  fineTuningCredits: z.string().meta({ description: 'Of meters whose key has the words fine-tuning' }),
  durationMs: z.int().meta({ description: 'Time deployed' }),
};

const oneResource = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  status: z.enum(STATUSES),
  type: z.string().nullable(),
  language: z.string().nullable(),
  hardware: z.string().nullable(),
  model: z.string().nullable(),
  endpoint: z.string().nullable(),
  ...figures,
  deployments: z.int().meta({ description: 'How often it was deployed' }),
  lastDeployedAt: z.string().nullable(),
  updatedAt: z.string().nullable(),
  lastActive: z.string().nullable().meta({ description: 'Start of the newest day with usage' }),
  components: z.array(component),
});

/** A resource with what it used; of a model, with its deployments. */
export const resourceView = oneResource.extend({ deployedAs: z.array(oneResource).optional() });
export const totalsView = z.object({ resources: z.int(), ...figures, components: z.array(component) });

type View = z.input<typeof oneResource>;

const sumOf = (items: readonly ResourceMeterItem[]): string =>
  formatCredits(items.reduce((sum, { creditsNanos }) => sum + creditsNanos, 0n));

const figuresOf = (items: readonly ResourceMeterItem[]) => ({
  events: items.reduce((sum, { events }) => sum + events, 0),
  credits: sumOf(items),
  hostingCredits: sumOf(items.filter(({ meter }) => meter.includes('hosting'))),
  fineTuningCredits: sumOf(items.filter(({ meter }) => meter.includes('fine-tuning'))),
});

/** What is shown of one resource. `items` is its own usage, a meter at a time. */
export function viewOf(
  id: string,
  resource: StoredResource,
  { items, nowMs }: { readonly items: readonly ResourceMeterItem[]; readonly nowMs: number },
): View {
  const { name, owner, status, type, language, hardware, model, endpoint } = resource;
  return {
    id,
    name,
    owner,
    status,
    type,
    language,
    hardware,
    model,
    endpoint,
    ...figuresOf(items),
    durationMs: durationMs(resource, nowMs),
    deployments: resource.deployments,
    lastDeployedAt: timeOrNull(resource.deployedAtMs),
    updatedAt: timeOrNull(resource.updatedAtMs),
    lastActive:
      items
        .map(({ lastActive }) => lastActive)
        .toSorted()
        .at(-1) ?? null,
    components: items.map(({ meter, events, quantity, credits }) => ({ meter, events, quantity, credits })),
  };
}

/** Over all resources of a kind. Quantities of one meter add up; those of several do not. */
export function totalsOf(
  resources: readonly { readonly durationMs: number }[],
  items: readonly ResourceMeterItem[],
): z.input<typeof totalsView> {
  const meters = [...new Set(items.map(({ meter }) => meter))].toSorted();
  return {
    resources: resources.length,
    ...figuresOf(items),
    durationMs: resources.reduce((sum, each) => sum + each.durationMs, 0),
    components: meters.map((meter) => {
      const own = items.filter((item) => item.meter === meter);
      const { events, credits } = figuresOf(own);
      return { meter, events, quantity: addQuantities(own), credits };
    }),
  };
}

const PLACES = 9;

/** Exact sum of decimal texts with at most nine places. */
function addQuantities(items: readonly ResourceMeterItem[]): string {
  const nanos = items.reduce((sum, { quantity }) => {
    const [whole = '0', part = ''] = quantity.replace('-', '').split('.');
    const own = BigInt(whole + part.padEnd(PLACES, '0'));
    return sum + (quantity.startsWith('-') ? -own : own);
  }, 0n);
  return formatCredits(nanos);
}
