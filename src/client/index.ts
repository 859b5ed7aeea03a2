export { type ConnectOptions, connect, connectPool } from './node/connect.js';
export {
  type ConnectionState,
  type DaemonClientConfig,
  type DaemonClientStatistics,
  GoxelDaemonClient,
} from './node/daemon-client.js';
export * from './public.js';
