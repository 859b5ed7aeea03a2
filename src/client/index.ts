export { type ConnectOptions, connect, connectPool } from './node/connect.js';
export * from './public.js';
