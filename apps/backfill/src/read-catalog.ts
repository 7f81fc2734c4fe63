import { z } from 'zod';
import { refused } from './api-client.js';
import type { ApiClient } from './api-client.js';

/** What a load needs of the catalog: how a column is meant. */
const catalogAnswer = z.object({
  dimensions: z.array(z.string()),
  meters: z.array(
    z.object({
      eventType: z.string(),
      aggregation: z.string(),
      value: z.union([z.string(), z.object({ product: z.array(z.string()) })]).optional(),
    }),
  ),
});

export interface CatalogColumns {
  readonly dimensions: ReadonlySet<string>;
  /** Fields that some meter reads as a number. */
  readonly quantities: ReadonlySet<string>;
  /** The one event type of the catalog; undefined where it has several. */
  readonly onlyType: string | undefined;
}

/** The current catalog's columns. @throws {BackfillFailed} */
export async function readCatalog(api: ApiClient): Promise<CatalogColumns> {
  const answer = await api.call('/v1/catalog', { method: 'GET' });
  if (answer.status !== 200) throw refused(answer);
  const { dimensions, meters } = catalogAnswer.parse(answer.body);
  const numeric = meters.filter(({ aggregation }) => aggregation !== 'unique');
  const fields = numeric.flatMap(({ value = [] }) =>
    typeof value === 'object' && 'product' in value ? value.product : value,
  );
  const types = [...new Set(meters.map(({ eventType }) => eventType))];
  const isDimension = new Set(dimensions);
  return {
    dimensions: isDimension,
    quantities: new Set(fields.filter((field) => !isDimension.has(field))),
    onlyType: types.length === 1 ? types[0] : undefined,
  };
}
