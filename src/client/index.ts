export {
  type CallParams,
  type CallResult,
  type ClientTransport,
  GoxelClient,
  RpcError,
} from './client.js';
export { type ConnectOptions, connect } from './node.js';
