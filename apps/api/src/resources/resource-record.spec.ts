import { describe, expect, it } from '@jest/globals';
import { changedResource, durationMs, type ResourceChange, type StoredResource } from './resource-record.js';

const CHANGE: ResourceChange = {
  name: 'Summariser',
  owner: 'u-17',
  status: 'deployed',
  type: null,
  language: null,
  hardware: null,
  model: null,
  endpoint: null,
  deployedAtMs: null,
};

/** Changes at these times, one after the other. */
const after = (...changes: readonly (readonly [atMs: number, change: Partial<ResourceChange>])[]): StoredResource => {
  let resource: StoredResource | undefined;
  for (const [atMs, change] of changes) resource = changedResource(resource, { ...CHANGE, ...change }, atMs);
  if (resource === undefined) throw new RangeError('no change');
  return resource;
};

describe('what is kept of a resource', () => {
  it.each<[string, StoredResource, { deployments: number; lasted: number; from: StoredResource['previousStatus'] }]>([
    ['deployed', after([100, {}]), { deployments: 1, lasted: 900, from: null }],
    ['deployed earlier', after([100, { deployedAtMs: 40 }]), { deployments: 1, lasted: 960, from: null }],
    ['never deployed', after([100, { status: 'undeployed' }]), { deployments: 0, lasted: 0, from: null }],
    ['ended', after([100, {}], [300, { status: 'undeployed' }]), { deployments: 1, lasted: 200, from: 'deployed' }],
    ['described again', after([100, {}], [300, { owner: 'x' }]), { deployments: 1, lasted: 900, from: 'deployed' }],
    [
      'deployed again',
      after([100, {}], [300, { status: 'undeployed' }], [500, {}]),
      { deployments: 2, lasted: 700, from: 'undeployed' },
    ],
    [
      'redeployed without an end',
      after([100, {}], [300, { deployedAtMs: 250 }]),
      { deployments: 2, lasted: 900, from: 'deployed' },
    ],
    [
      'deleted after its end',
      after([100, {}], [300, { status: 'undeployed' }], [600, { status: 'deleted' }]),
      { deployments: 1, lasted: 200, from: 'undeployed' },
    ],
  ])('%s', (_, resource, { deployments, lasted, from }) => {
    expect([resource.deployments, durationMs(resource, 1_000), resource.previousStatus]).toEqual([
      deployments,
      lasted,
      from,
    ]);
  });
});
