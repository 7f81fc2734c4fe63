// A stand-in for EventStoreDB that speaks its gRPC protocol from the client's own message definitions, as a process of
// its own: what it acknowledged is on the disk, and `kill -9` is real. Started by `fork`; ends with its parent.
// Arguments: the data directory, the port, the faults of the first calls as JSON.
import { mkdirSync } from 'node:fs';
import { createAppend, createBatchAppend } from './append-calls.mjs';
import { EventLog, systemEvent } from './event-log.mjs';
import { Faults } from './faults.mjs';
import { features, gossip, GossipService, grpc, nameOf, ServerFeaturesService, shared, streams } from './protocol.mjs';
import { StreamsService } from './protocol.mjs';
import { createRead } from './read-calls.mjs';

const HOST = '127.0.0.1';
const [dataDirectory, port, firstFaults] = process.argv.slice(2);
mkdirSync(dataDirectory, { recursive: true });
const log = new EventLog(dataDirectory);
const faults = new Faults();
faults.plan(JSON.parse(firstFaults));

const answering = (method, work) => (call, respond) => {
  faults
    .enter(method)
    .then(() => work(call))
    .then((response) => respond(null, response))
    .catch((error) => respond(error));
};

function supportedMethods() {
  const supported = new features.SupportedMethods();
  supported.setEventStoreServerVersion('23.10.0.0');
  for (const { path } of Object.values(StreamsService)) {
    const [, service, name] = path.split('/');
    const method = new features.SupportedMethod();
    method.setServiceName(service);
    method.setMethodName(name.toLowerCase());
    supported.addMethods(method);
  }
  return supported;
}

function clusterInfo() {
  const endpoint = new gossip.EndPoint();
  endpoint.setAddress(HOST);
  endpoint.setPort(Number(port));
  const member = new gossip.MemberInfo();
  const id = new shared.UUID();
  id.setString('00000000-0000-4000-8000-000000000001');
  member.setInstanceId(id);
  member.setTimeStamp(String(Date.now()));
  member.setState(gossip.MemberInfo.VNodeState.LEADER);
  member.setIsAlive(true);
  member.setHttpEndPoint(endpoint);
  const info = new gossip.ClusterInfo();
  info.setMembersList([member]);
  return info;
}

const streamOf = (call) => nameOf(call.request.getOptions().getStreamIdentifier());
// About a hundred streams fit a connection; more calls wait silently.
const server = new grpc.Server({
  'grpc.max_concurrent_streams': 100,
  'grpc.max_receive_message_length': 17 * 1024 * 1024,
});
server.addService(StreamsService, {
  append: createAppend(log, faults),
  batchAppend: createBatchAppend(log, faults),
  read: createRead(log, faults),
  delete: answering('delete', async (call) => {
    await log.softDelete(streamOf(call));
    return new streams.DeleteResp();
  }),
  tombstone: answering('tombstone', async (call) => {
    await log.tombstone(streamOf(call));
    return new streams.TombstoneResp();
  }),
});
server.addService(ServerFeaturesService, { getSupportedMethods: answering('features', supportedMethods) });
server.addService(GossipService, { read: answering('gossip', clusterInfo) });

/** What a test asks for beside the protocol: faults, counts of calls, events of the server's own. */
async function command({ kind, faults: planned, count }) {
  if (kind === 'plan') faults.plan(planned);
  if (kind === 'system-events') {
    for (let nth = 0; nth < count; nth += 1) {
      await log.append('$stats-127.0.0.1', 'any', [systemEvent('$statsCollected', { nth })]);
    }
  }
  return faults.calls;
}

process.on('message', (message) => {
  void command(message).then((calls) => process.send({ kind: 'done', calls }));
});
process.on('disconnect', () => process.exit());
// The real server's log also begins with events of its own.
if (log.all.length === 0) await log.append('$epoch', 'any', [systemEvent('$epoch-information', {})]);
server.bindAsync(`${HOST}:${port}`, grpc.ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
  process.send({ kind: 'listening' });
});
