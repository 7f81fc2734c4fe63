// Streams.Append and Streams.BatchAppend.
import { APPEND_BYTES_MAX } from './decide-append.mjs';
import { Any, callError, GoogleEmpty, grpc, identifierOf, nameOf, shared, status, streams } from './protocol.mjs';
import { streamDeletedError } from './protocol.mjs';

const toEvent = (message) => ({
  id: message.getId().getString().toLowerCase(),
  type: message.getMetadataMap().get('type'),
  contentType: message.getMetadataMap().get('content-type'),
  data: Buffer.from(message.getData_asU8()),
});

function expectedOf(options, revision) {
  if (options.hasNoStream() === true) return 'no_stream';
  if (options.hasAny() === true) return 'any';
  if (options.hasStreamExists() === true) return 'stream_exists';
  return BigInt(revision);
}

function positionInto(message, { commit, prepare }) {
  message.setCommitPosition(commit.toString());
  message.setPreparePosition(prepare.toString());
  return message;
}

function wrongExpectedVersion(expected, current) {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (current === undefined) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(current.toString());
  if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
  else wrong.setExpectedRevision(expected.toString());
  return wrong;
}

function successOf({ last, current }) {
  const success = new streams.AppendResp.Success();
  if (last !== undefined) {
    success.setCurrentRevision(last.revision.toString());
    success.setPosition(positionInto(new streams.AppendResp.Position(), last));
    return success;
  }
  // Nothing was appended: without a stream the client reads this as revision 0.
  if (current === undefined) success.setNoStream(new shared.Empty());
  else success.setCurrentRevision(current.toString());
  success.setNoPosition(new shared.Empty());
  return success;
}

function answerOf(result, stream, expected) {
  if (result.kind === 'deleted') throw streamDeletedError(stream);
  if (result.kind === 'too-large') {
    throw callError(grpc.status.INVALID_ARGUMENT, 'Maximum Append Size Exceeded.', {
      exception: 'maximum-append-size-exceeded',
      'maximum-append-size': String(APPEND_BYTES_MAX),
    });
  }
  const response = new streams.AppendResp();
  if (result.kind === 'wrong') response.setWrongExpectedVersion(wrongExpectedVersion(expected, result.current));
  else response.setSuccess(successOf(result));
  return response;
}

export const createAppend = (log, faults) => (call, respond) => {
  const requests = [];
  const append = async () => {
    const fault = await faults.enter('append');
    const options = requests[0].getOptions();
    const stream = nameOf(options.getStreamIdentifier());
    const expected = expectedOf(options, options.getRevision());
    const events = requests.slice(1).map((request) => toEvent(request.getProposedMessage()));
    const answer = answerOf(await log.append(stream, expected, events), stream, expected);
    if (faults.leave(fault) === true) respond(null, answer);
  };
  call.on('data', (request) => requests.push(request));
  call.on('error', () => undefined);
  call.on('end', () => {
    faults.counting(append).catch((error) => respond(error));
  });
};

function detailsOf(result, expected) {
  const [name, message] =
    result.kind === 'deleted'
      ? ['StreamDeleted', new shared.StreamDeleted()]
      : result.kind === 'too-large'
        ? ['MaximumAppendSizeExceeded', new shared.MaximumAppendSizeExceeded()]
        : ['WrongExpectedVersion', new shared.WrongExpectedVersion()];
  if (result.kind === 'too-large') message.setMaxappendsize(APPEND_BYTES_MAX);
  if (result.kind === 'wrong') {
    if (result.current === undefined) message.setCurrentNoStream(new GoogleEmpty());
    else message.setCurrentStreamRevision(result.current.toString());
    if (typeof expected === 'bigint') message.setExpectedStreamPosition(expected.toString());
    else if (expected === 'no_stream') message.setExpectedNoStream(new GoogleEmpty());
    else if (expected === 'stream_exists') message.setExpectedStreamExists(new GoogleEmpty());
    else message.setExpectedAny(new GoogleEmpty());
  }
  const details = new Any();
  details.pack(message.serializeBinary(), `event_store.client.${name}`);
  return details;
}

function batchAnswer(result, { correlationId, stream, expected }) {
  const response = new streams.BatchAppendResp();
  response.setCorrelationId(correlationId);
  response.setStreamIdentifier(identifierOf(stream));
  if (['deleted', 'too-large', 'wrong'].includes(result.kind)) {
    const error = new status.Status();
    error.setMessage(result.kind);
    error.setDetails(detailsOf(result, expected));
    response.setError(error);
    return response;
  }
  const success = new streams.BatchAppendResp.Success();
  if (result.last === undefined) success.setNoStream(new GoogleEmpty());
  else {
    success.setCurrentRevision(result.last.revision.toString());
    success.setPosition(positionInto(new shared.AllStreamPosition(), result.last));
  }
  response.setSuccess(success);
  return response;
}

export const createBatchAppend = (log, faults) => (call) => {
  const pending = new Map();
  call.on('error', () => undefined);
  call.on('end', () => call.end());
  call.on('data', (request) => {
    const key = request.getCorrelationId().getString();
    const found = pending.get(key) ?? { correlationId: request.getCorrelationId(), events: [] };
    pending.set(key, found);
    if (request.hasOptions() === true) {
      const options = request.getOptions();
      found.stream = nameOf(options.getStreamIdentifier());
      found.expected = expectedOf(options, options.getStreamPosition());
    }
    found.events.push(...request.getProposedMessagesList().map(toEvent));
    if (request.getIsFinal() !== true) return;
    pending.delete(key);
    const append = async () => {
      const fault = await faults.enter('batchAppend');
      const answer = batchAnswer(await log.append(found.stream, found.expected, found.events), found);
      if (faults.leave(fault) === true) call.write(answer);
    };
    append().catch((error) => call.destroy(error));
  });
};
