// Streams.Read: streams and $all, both directions, filters, and subscriptions with checkpoints.
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { callError, grpc, identifierOf, nameOf, shared, streamDeletedError, streams } from './protocol.mjs';

const SEARCH_WINDOW_DEFAULT = 32;
const { ReadResp } = streams;

function respEvent(event) {
  const recorded = new ReadResp.ReadEvent.RecordedEvent();
  const id = new shared.UUID();
  id.setString(event.id);
  recorded.setId(id);
  recorded.setStreamIdentifier(identifierOf(event.stream));
  recorded.setStreamRevision(event.revision.toString());
  recorded.setPreparePosition(event.prepare.toString());
  recorded.setCommitPosition(event.commit.toString());
  recorded.setData(event.data);
  recorded.getMetadataMap().set('type', event.type);
  recorded.getMetadataMap().set('content-type', event.contentType);
  recorded.getMetadataMap().set('created', event.created);
  const resolved = new ReadResp.ReadEvent();
  resolved.setEvent(recorded);
  resolved.setCommitPosition(event.commit.toString());
  const response = new ReadResp();
  response.setEvent(resolved);
  return response;
}

function respCheckpoint({ commit, prepare }) {
  const checkpoint = new ReadResp.Checkpoint();
  checkpoint.setCommitPosition(commit.toString());
  checkpoint.setPreparePosition(prepare.toString());
  const response = new ReadResp();
  response.setCheckpoint(checkpoint);
  return response;
}

function matcherOf(options) {
  if (options.hasFilter() !== true) return () => true;
  const filter = options.getFilter();
  const expression = filter.hasEventType() === true ? filter.getEventType() : filter.getStreamIdentifier();
  const prefixes = expression.getPrefixList();
  const regex = new RegExp(expression.getRegex());
  const isMatch = (text) => (prefixes.length > 0 ? prefixes.some((one) => text.startsWith(one)) : regex.test(text));
  return filter.hasEventType() === true ? ({ type }) => isMatch(type) : ({ stream }) => isMatch(stream);
}

/** The index in `log.all` that the options name. */
function startOf(log, all, isBackwards) {
  if (all.hasStart() === true) return isBackwards === true ? -1 : 0;
  if (all.hasEnd() === true) return log.all.length;
  const position = all.getPosition();
  const index = log.indexOf(position.getCommitPosition(), position.getPreparePosition());
  if (index === undefined) throw callError(grpc.status.UNKNOWN, 'Unexpected ReadAllResult: InvalidPosition');
  return index;
}

function* eventsOfAll(log, options) {
  const isBackwards = options.getReadDirection() === 1;
  const start = startOf(log, options.getAll(), isBackwards);
  if (isBackwards) for (let index = start - 1; index >= 0; index -= 1) yield log.all[index];
  else for (let index = start; index < log.all.length; index += 1) yield log.all[index];
}

function* eventsOfStream(events, options) {
  const from = options.getStream();
  const last = events.at(-1)?.revision ?? -1n;
  if (options.getReadDirection() === 1) {
    const bound = from.hasEnd() === true ? last : from.hasStart() === true ? 0n : BigInt(from.getRevision());
    for (let nth = events.length - 1; nth >= 0; nth -= 1) if (events[nth].revision <= bound) yield events[nth];
    return;
  }
  if (from.hasEnd() === true) return;
  const bound = from.hasStart() === true ? 0n : BigInt(from.getRevision());
  for (const event of events) if (event.revision >= bound) yield event;
}

function notFound(stream) {
  const missing = new ReadResp.StreamNotFound();
  missing.setStreamIdentifier(identifierOf(stream));
  const response = new ReadResp();
  response.setStreamNotFound(missing);
  return response;
}

class Answer {
  #sent = 0;
  #cutAfter;
  constructor(call, fault) {
    this.call = call;
    this.gone = new Promise((resolve) => call.once('cancelled', resolve));
    this.#cutAfter = fault?.action === 'cut' ? fault.afterEvents : Infinity;
  }

  async send(response) {
    if (response.hasEvent() === true && this.#sent >= this.#cutAfter) {
      throw callError(grpc.status.UNAVAILABLE, 'Connection dropped');
    }
    if (response.hasEvent() === true) this.#sent += 1;
    if (this.call.write(response) !== true && this.call.cancelled !== true)
      await Promise.race([once(this.call, 'drain'), this.gone]);
  }
}

async function readOnce(log, options, answer) {
  let left = Number(options.getCount());
  const isMatch = matcherOf(options);
  let source;
  if (options.hasStream() === true) {
    const stream = nameOf(options.getStream().getStreamIdentifier());
    if (log.stream(stream).isTombstoned === true) throw streamDeletedError(stream);
    const events = log.visible(stream);
    if (events === undefined) return answer.send(notFound(stream));
    source = eventsOfStream(events, options);
  } else source = eventsOfAll(log, options);
  for (const event of source) {
    if (left <= 0 || answer.call.cancelled === true) return;
    if (isMatch(event) !== true) continue;
    left -= 1;
    await answer.send(respEvent(event));
  }
}

async function subscribeToAll(log, options, answer) {
  const confirmation = new ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(randomUUID());
  const confirmed = new ReadResp();
  confirmed.setConfirmation(confirmation);
  // A subscription begins behind the position that it names.
  const all = options.getAll();
  let index = startOf(log, all, false) + (all.hasPosition() === true ? 1 : 0);
  const isMatch = matcherOf(options);
  const filter = options.getFilter();
  const window =
    (filter?.hasMax() === true ? filter.getMax() : SEARCH_WINDOW_DEFAULT) *
    (filter?.getCheckpointintervalmultiplier() ?? 1);
  await answer.send(confirmed);
  let searched = 0;
  while (answer.call.cancelled !== true) {
    const event = log.all[index];
    if (event === undefined) {
      await Promise.race([once(log, 'appended'), answer.gone]);
      continue;
    }
    index += 1;
    searched += 1;
    if (isMatch(event) === true) await answer.send(respEvent(event));
    if (filter !== undefined && searched >= window) {
      searched = 0;
      await answer.send(respCheckpoint(event));
    }
  }
}

export const createRead = (log, faults) => (call) => {
  const options = call.request.getOptions();
  call.on('error', () => undefined);
  const read = async () => {
    const method = options.hasSubscription() === true ? 'subscribe' : 'read';
    const answer = new Answer(call, await faults.enter(method));
    await (options.hasSubscription() === true ? subscribeToAll : readOnce)(log, options, answer);
    call.end();
  };
  read().catch((error) => call.emit('error', error));
};
