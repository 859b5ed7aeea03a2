// Makes one executable that needs nothing else: `npm run build:binary` → out/goxel-daemon.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
// @ts-expect-error It comes without types.
import { inject } from 'postject';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const work = join(root, 'out', 'binary');
const name = process.platform === 'win32' ? 'goxel-daemon.exe' : 'goxel-daemon';
const target = join(root, 'out', name);
/* Where node looks for the program in its own file; a constant of Node's. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

mkdirSync(work, { recursive: true });
console.log('binary: bundling');
await bundle(
  'dist/daemon/main.js',
  'daemon.cjs',
  'module.exports.main().then((code) => { process.exitCode = code; });',
);
await bundle('dist/daemon/workers/worker.js', 'worker.cjs', '');

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
    assets: { 'worker.cjs': join(work, 'worker.cjs'), 'package.json': join(root, 'package.json') },
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

/**
 * One file of CommonJS, which is what an executable of Node's runs.
 *
 * @param {string} from
 * @param {string} to
 * @param {string} footer
 */
function bundle(from, to, footer) {
  return build({
    entryPoints: [join(root, from)],
    outfile: join(work, to),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    minifySyntax: true,
    define: {
      'import.meta.url': 'bundleUrl',
      // ws looks for native helpers, which are not packed.
      'process.env.WS_NO_BUFFER_UTIL': '"1"',
      'process.env.WS_NO_UTF_8_VALIDATE': '"1"',
    },
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(process.execPath).href;" },
    footer: { js: footer },
    logLevel: 'warning',
  });
}
