import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreUnavailable } from '@app/event-store';
import {
  cloneForDecision,
  decideCommand,
  type AccountCommand,
  type AccountEvent,
  type AccountState,
  type Catalog,
  type Rejection,
} from '@app/metering';
import { AccountBroken, TooBusy } from '../errors.js';
import { COMMANDS_LIMITS, type CommandsLimits } from '../limits.js';
import type { Accounts } from '../repository/accounts.js';
import { accountStream, type LoadedAccount } from '../repository/loaded-account.js';

/**
 * Makes a command that rests on more than its body: what it reads belongs to the account's revision at that moment, and
 * what it answers makes the command from the very state that it is decided on. Asked again when the account moves on.
 */
export type PreparedCommand = (account: LoadedAccount) => Promise<(state: AccountState) => AccountCommand>;

/** Who asks what, how. `key` null: none was sent, and one is made for this call. */
export interface CommandRequest {
  readonly command: AccountCommand | PreparedCommand;
  /** Route of the command, e.g. `grants`: idempotency keys are per organisation and route. */
  readonly route: string;
  readonly key: string | null;
  /** SHA-256 of the request, hex. */
  readonly requestHash: string;
  readonly actor: string | null;
  readonly reason: string | null;
}

/** `revision` is one at which the answer holds: the last of the command's own append, or that of the account. */
export type CommandAnswer =
  | {
      readonly kind: 'accepted' | 'repeated';
      readonly revision: bigint;
      readonly answer: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'refused'; readonly revision: bigint; readonly rejection: Rejection };

export interface AccountCommandsOptions {
  readonly accounts: Accounts;
  /** The catalog in force; it may refuse by throwing. */
  readonly catalog: () => Catalog;
  /** Whether the account is parked, as far as is known here: nothing is decided of it then. */
  readonly isParked?: (organisation: string) => boolean;
  readonly nowMs: () => number;
  readonly limits?: Partial<CommandsLimits>;
}

interface Waiting {
  readonly request: CommandRequest & { readonly key: string };
  readonly resolve: (answer: CommandAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** What one try decided: answers to give once the events are appended, and whether time has to advance first. */
interface GroupDecision {
  readonly draft: AccountState;
  readonly events: readonly AccountEvent[];
  readonly answers: readonly CommandAnswer[];
  readonly isAdvancing: boolean;
}

/**
 * Takes commands to accounts. Those that wait for one account are decided one behind the other and appended together;
 * a gap after each append lets the aggregator have its turn. Answers are given only when what they rest on is stored.
 */
export class AccountCommands {
  readonly #options: AccountCommandsOptions;
  readonly #limits: CommandsLimits;
  readonly #queues = new Map<string, Waiting[]>();

  constructor(options: AccountCommandsOptions) {
    this.#options = options;
    this.#limits = { ...COMMANDS_LIMITS, ...options.limits };
  }

  /**
   * Executes a command once, however often it is sent with its key, and whatever becomes of single appends.
   * @throws {TooBusy} 503, the same key may be sent again @throws {AccountBroken} parked @throws {EventStoreUnavailable}
   */
  execute(organisation: string, request: CommandRequest): Promise<CommandAnswer> {
    if (this.#options.isParked?.(organisation) === true)
      return Promise.reject(new AccountBroken(accountStream(organisation), 'the account is parked'));
    const queue = this.#queues.get(organisation);
    if (queue !== undefined && queue.length >= this.#limits.commandsWaitingMax)
      return Promise.reject(new TooBusy(organisation));
    return new Promise((resolve, reject) => {
      // The key lets a retry after an unknown outcome recognise its own success.
      const waiting = { request: { ...request, key: request.key ?? randomUUID() }, resolve, reject };
      if (queue !== undefined) queue.push(waiting);
      else void this.#start(organisation, waiting);
    });
  }

  async #start(organisation: string, first: Waiting): Promise<void> {
    const queue = [first];
    this.#queues.set(organisation, queue);
    // Commands that arrive in the same turn of the event loop share the first append.
    await Promise.resolve();
    while (queue.length > 0) {
      const group = queue.splice(0, this.#limits.commandsPerAppendMax);
      await this.#executeGroup(organisation, group);
      await sleep(this.#limits.gapMs);
    }
    this.#queues.delete(organisation);
  }

  async #executeGroup(organisation: string, group: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.#decideAndAppend(organisation, group);
      group.forEach(({ resolve, reject }, index) => {
        const answer = answers[index];
        if (answer === undefined) reject(new Error('Every command has an answer'));
        else resolve(answer);
      });
    } catch (error) {
      if (group.length > 1 && isOfOneCommand(error)) return this.#executeHalves(organisation, group);
      for (const { reject } of group) reject(error);
    }
  }

  /** Something in the group cannot be: alone it fails alone. */
  async #executeHalves(organisation: string, group: readonly Waiting[]): Promise<void> {
    const middle = group.length >> 1;
    await this.#executeGroup(organisation, group.slice(0, middle));
    await this.#executeGroup(organisation, group.slice(middle));
  }

  async #decideAndAppend(organisation: string, group: readonly Waiting[]): Promise<readonly CommandAnswer[]> {
    let failure: Error | undefined;
    for (let attempt = 0; attempt < this.#limits.attemptsMax;) {
      try {
        const answers = await this.#tryOnce(organisation, group);
        if (answers === 'advanced') continue;
        if (answers !== 'conflict') return answers;
        failure = undefined;
      } catch (error) {
        if (!(error instanceof EventStoreUnavailable)) throw error;
        failure = error;
      }
      attempt += 1;
      await sleep(this.#pauseMs(attempt));
    }
    throw failure ?? new TooBusy(organisation);
  }

  async #tryOnce(
    organisation: string,
    group: readonly Waiting[],
  ): Promise<readonly CommandAnswer[] | 'conflict' | 'advanced'> {
    const { accounts } = this.#options;
    // Fresh, because refusals and repeats are answered without an append that would confirm them.
    const account = await accounts.loadFresh(organisation);
    const { revision } = account;
    const makers = await Promise.all(group.map(({ request: { command } }) => makerOf(command, account)));
    // What was read belongs to a revision that is gone, or is going while somebody reads on.
    if (account.revision !== revision || !accounts.isFree(account)) return 'conflict';
    let decision: GroupDecision;
    try {
      decision = this.#decide(account, group, makers);
    } catch (error) {
      accounts.abandon(account);
      throw error;
    }
    if (decision.events.length === 0) {
      if (decision.isAdvancing) throw new Error('Time has to advance, and nothing advances it');
      return decision.answers;
    }
    const sealed = accounts.seal({ account, draft: decision.draft, events: decision.events });
    const [outcome] = await accounts.append([sealed]);
    if (outcome?.kind !== 'appended') return 'conflict';
    return decision.isAdvancing ? 'advanced' : decision.answers;
  }

  #decide(account: LoadedAccount, group: readonly Waiting[], makers: readonly CommandMaker[]): GroupDecision {
    const { catalog, nowMs } = this.#options;
    const events: AccountEvent[] = [];
    const answers: CommandAnswer[] = [];
    let draft = account.state;
    for (const [index, { request }] of group.entries()) {
      const make = makers[index];
      if (make === undefined) throw new Error('Every command has a maker');
      // A draft of its own, so that a refused command leaves nothing behind for the next one.
      const trial = cloneForDecision(draft);
      const { route, key, requestHash, actor, reason } = request;
      const nextRevision = account.revision + 1n + BigInt(events.length);
      const context = { catalog: catalog(), nowMs: nowMs(), nextRevision, route, key, requestHash, actor, reason };
      const decision = decideCommand(trial, make(trial), context);
      if (decision.kind === 'refused') {
        answers.push({ kind: 'refused', revision: nextRevision - 1n, rejection: decision.rejection });
        continue;
      }
      if (decision.kind === 'repeated') {
        answers.push({ kind: 'repeated', revision: decision.revision, answer: decision.answer });
        continue;
      }
      draft = trial;
      events.push(...decision.events);
      // Time has to advance first, in an append of its own; then the group is decided again, itself included.
      if (decision.kind === 'advancing') return { draft, events, answers, isAdvancing: true };
      const revision = account.revision + BigInt(events.length);
      answers.push({ kind: 'accepted', revision, answer: decision.answer });
    }
    return { draft, events, answers, isAdvancing: false };
  }

  #pauseMs(attempt: number): number {
    const ceiling = Math.min(this.#limits.retryMaxMs, this.#limits.retryBaseMs * 2 ** attempt);
    return ceiling * (0.5 + Math.random() / 2);
  }
}

type CommandMaker = (state: AccountState) => AccountCommand;

const makerOf = async (command: AccountCommand | PreparedCommand, account: LoadedAccount): Promise<CommandMaker> =>
  typeof command === 'function' ? command(account) : () => command;

/** Errors that one command of a group may cause by itself, so that the others are to be tried without it. */
function isOfOneCommand(error: unknown): boolean {
  return ![EventStoreUnavailable, TooBusy, AccountBroken].some((kind) => error instanceof kind);
}
