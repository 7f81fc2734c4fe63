import { ReadModels, verifyReadModels } from '@app/read-models';
import type { OpenStreams } from '../open-streams.js';
import type { Findings } from './finding.js';

/** One lane of read models, compared with what the streams say at its own position. */
export interface ReadModelComparison {
  readonly lane: string;
  readonly position: string;
  readonly differences: number;
}

/** I6: recomputes the read models from the streams and compares row by row. What cannot be recomputed is a finding. */
export async function compareReadModels(
  streams: Pick<OpenStreams, 'url' | 'store'>,
  { findings, organisation }: { readonly findings: Findings; readonly organisation: string | null },
): Promise<readonly ReadModelComparison[]> {
  const models = await ReadModels.connect({ url: streams.url, name: 'replay' });
  try {
    const lanes = await verifyReadModels({ generations: models.generations, store: streams.store });
    return lanes.map(({ lane, position, differences, hasMore }) => {
      const own = differences.filter(({ key }) => organisation === null || key['organisation'] === organisation);
      for (const { table, key, field, stored, recomputed } of own)
        findings.add({
          check: 'read-models',
          detail: `a row of ${table} is not what the streams say`,
          table,
          key: Object.entries(key)
            .map(([name, value]) => `${name}=${value}`)
            .join(' '),
          field,
          stored: stored ?? 'nothing',
          recomputed: recomputed ?? 'nothing',
        });
      if (hasMore) findings.addUnlisted('read-models', 1);
      return { lane, position: String(position.commit), differences: own.length };
    });
  } catch (error) {
    const detail = `the read models cannot be recomputed: ${error instanceof Error ? error.message : String(error)}`;
    findings.add({ check: 'read-models', detail });
    return [];
  } finally {
    await models.close();
  }
}
