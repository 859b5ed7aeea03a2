/** `npm start`: the set-up, then the daemon in the foreground; further arguments go to it (`npm start -- --socket …`). */
import { pathToFileURL } from 'node:url';
import { root, runMain, setUp } from './setup.mjs';

await runMain(async () => {
  if (!(await setUp())) return false;
  const launcher = new URL('bin/goxel-daemon', pathToFileURL(root));
  // In this process: signals reach the daemon itself, and no shell or second Node stands between.
  process.argv.splice(1, 1, launcher.pathname, '--foreground');
  await import(launcher.href);
  return true;
});
