/* What a program that looks after daemons needs to know of how they live. */
export { BACKGROUND_VARIABLE, type Handshake } from './daemonize.js';
export { isAlive, runningPid } from './pid-file.js';
