import { AccountsLane } from '../accounts-lane/accounts-lane.js';
import type { LaneName } from '../generations/generation.js';
import { UsageLane } from '../usage-lane/usage-lane.js';
import { LaneRunner, type LaneRunnerOptions } from './lane-runner.js';
import type { Projection } from './projection.js';

/** Moves a generation of either lane. */
export type AnyLaneRunner = Pick<
  LaneRunner<never>,
  'runWindow' | 'runToEnd' | 'verifyAnchor' | 'checkpoint' | 'settle'
>;

export type LaneRunnerParts = Omit<LaneRunnerOptions<never>, 'projection'>;

const RUNNERS: Readonly<Record<LaneName, (parts: LaneRunnerParts) => AnyLaneRunner>> = {
  accounts: (parts) => runnerOf(parts, new AccountsLane(parts.limits)),
  usage: (parts) => runnerOf(parts, new UsageLane(parts.limits)),
};

function runnerOf<Window>(parts: LaneRunnerParts, projection: Projection<Window>): LaneRunner<Window> {
  return new LaneRunner({ ...parts, projection });
}

/** A runner with the projection of the generation's lane. */
export const createRunner = (parts: LaneRunnerParts): AnyLaneRunner => RUNNERS[parts.generation.lane](parts);
