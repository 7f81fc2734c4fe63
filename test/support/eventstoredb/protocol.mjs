// The protocol as the client itself carries it: its generated messages and services, and the gRPC library that it uses.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.resolve('@eventstore/db-client'));
const generated = (name) => require(`@eventstore/db-client/generated/${name}.js`);

export const grpc = require('@grpc/grpc-js');
export const { Any } = require('google-protobuf/google/protobuf/any_pb.js');
export const { Empty: GoogleEmpty } = require('google-protobuf/google/protobuf/empty_pb.js');
export const streams = generated('streams_pb');
export const shared = generated('shared_pb');
export const status = generated('status_pb');
export const gossip = generated('gossip_pb');
export const features = generated('serverfeatures_pb');
export const { StreamsService } = generated('streams_grpc_pb');
export const { GossipService } = generated('gossip_grpc_pb');
export const { ServerFeaturesService } = generated('serverfeatures_grpc_pb');

/** An error of a call, with the trailers by which the client tells its own error classes. */
export function callError(code, message, trailers = {}) {
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.add(name, value);
  return Object.assign(new Error(message), { code, details: message, metadata });
}

/** Names travel as UTF-8; a trailer that is not ASCII would be refused by HTTP. */
export const streamDeletedError = (stream) =>
  callError(grpc.status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': encodeURIComponent(stream),
  });

export const nameOf = (identifier) => Buffer.from(identifier.getStreamName_asU8()).toString('utf8');

export function identifierOf(stream) {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream, 'utf8'));
  return identifier;
}
