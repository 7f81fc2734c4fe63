export * from './codec/index.js';
export { AccountCommands } from './commands/account-commands.js';
export type {
  AccountCommandsOptions,
  CommandAnswer,
  CommandRequest,
  PreparedCommand,
} from './commands/account-commands.js';
export { CycleUsage } from './commands/cycle-usage.js';
export { AccountBroken, AppendTooLarge, Fenced, TooBusy } from './errors.js';
export * from './explain/index.js';
export { IdentityHasher, SECRET_BYTES, type Identity } from './identities/identity-hasher.js';
export type { AccountsLimits, CommandsLimits } from './limits.js';
export { ACCOUNTS_LIMITS, COMMANDS_LIMITS } from './limits.js';
export { Accounts } from './repository/accounts.js';
export type { AccountsOptions, IdentitiesNeeded } from './repository/accounts.js';
export { findEvidence } from './repository/find-evidence.js';
export type { EvidenceQuery, FoundEvidence } from './repository/find-evidence.js';
export { ACCOUNT_STREAM_PREFIX, accountStream } from './repository/loaded-account.js';
export type { AccountDecision, DecisionOutcome, LoadedAccount, SealedDecision } from './repository/loaded-account.js';
export { accountCacheBytesIn } from './repository/account-cache-setting.js';
export type { OnWarning } from './repository/snapshot-saver.js';
export { decodeSnapshot } from './snapshots/fold-snapshot.js';
export type { FoldSnapshot } from './snapshots/fold-snapshot.js';
export { acceptGap, acceptTopic, NotAccepted } from './streams/accept-feed.js';
export type { Acceptance, AcceptedTopic } from './streams/accept-feed.js';
export { CatalogStream } from './streams/catalog-stream.js';
export type { PublishOptions, PublishOutcome } from './streams/catalog-stream.js';
export { loadOrCreateSecret } from './streams/deployment-stream.js';
export { CatalogRefused, loadCatalogFile } from './streams/load-catalog-file.js';
export { feedStream } from './streams/feed-state.js';
export type { FeedPartition, FeedPosition, FeedState, ParkedAccount } from './streams/feed-state.js';
export { FeedStreams } from './streams/feed-streams.js';
export type { FeedStream, FeedStreamsOptions } from './streams/feed-streams.js';
export { appendInTurn, UnparkRequests } from './streams/unpark-requests.js';
