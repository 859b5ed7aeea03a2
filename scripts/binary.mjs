// Makes one executable that needs nothing else: `npm run build:binary` → out/goxel-daemon.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
// @ts-expect-error It comes without types.
import { inject } from 'postject';
import { root, setUp } from './setup.mjs';

const work = join(root, 'out', 'binary');
const name = process.platform === 'win32' ? 'goxel-daemon.exe' : 'goxel-daemon';
const target = join(root, 'out', name);
/* Where node looks for the program in its own file; a constant of Node's. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

mkdirSync(work, { recursive: true });
await setUp();
// The bundle only exports; an executable runs.
const start = 'module.exports.main().then((code) => { process.exitCode = code; });';
const program = readFileSync(join(root, 'dist/bundle/daemon.cjs'), 'utf8');
writeFileSync(join(work, 'daemon.cjs'), `${program}\n${start}\n`);

console.log('binary: packing');
const config = join(work, 'sea.json');
const blob = join(work, 'sea.blob');
writeFileSync(
  config,
  JSON.stringify({
    main: join(work, 'daemon.cjs'),
    output: blob,
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: true,
    assets: {
      'worker.cjs': join(root, 'dist/bundle/worker.cjs'),
      'package.json': join(root, 'package.json'),
      'quickjs.wasm': join(
        root,
        'node_modules/@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm',
      ),
    },
  }),
);
execFileSync(process.execPath, ['--experimental-sea-config', config], { stdio: 'inherit' });
copyFileSync(process.execPath, target);
chmodSync(target, 0o755);
if (process.platform === 'darwin') execFileSync('codesign', ['--remove-signature', target]);
await inject(target, 'NODE_SEA_BLOB', readFileSync(blob), {
  sentinelFuse: FUSE,
  ...(process.platform === 'darwin' ? { machoSegmentName: 'NODE_SEA' } : {}),
});
if (process.platform === 'darwin') execFileSync('codesign', ['--sign', '-', target]);
const version = execFileSync(target, ['--version'], { encoding: 'utf8' }).split('\n')[0];
console.log(`binary: out/${name}, ${Math.round(statSync(target).size / 1e6)} MB, ${version}`);
