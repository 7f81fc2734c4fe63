/**
 * Settings for a machine of two cores that runs the service beside the server. Durability is untouched: fsync,
 * full_page_writes and synchronous_commit stay on, since an acknowledged append must survive a power cut.
 */
export const DEFAULT_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // A socket path is limited to about a hundred bytes, which a data directory's path may exceed: TCP only.
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  shared_buffers: '256MB',
  wal_buffers: '16MB',
  wal_compression: 'on',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  max_connections: '100',
  // Two cores: parallel plans and just-in-time compilation cost more than they bring.
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  random_page_cost: '1.1',
  // A client that hangs inside a transaction may hold the lock that every append needs.
  idle_in_transaction_session_timeout: '60s',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Start, stop and faults of the server; not every statement that was refused.
  log_min_messages: 'log',
  log_checkpoints: 'off',
};
