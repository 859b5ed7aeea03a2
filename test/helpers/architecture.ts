/**
 * The rules of the folders of `src/`, as functions from parsed sources to sentences about what breaks them. Each sentence
 * names the way out. `test/architecture.test.ts` runs them over the repository and over made-up files that break them.
 */
import type { Import, Source } from './sources.js';

interface FolderRule {
  /** Folders that its files may import; `engine` stands for all sub-folders of it. */
  readonly imports: readonly string[];
  readonly packages: readonly string[];
  /** Whether it may use Node. */
  readonly node: boolean;
}

const PURE = ['base', 'engine', 'formats', 'render', 'protocol'];

function pure(imports: readonly string[], packages: readonly string[] = []): FolderRule {
  return { imports, packages, node: false };
}

function onNode(imports: readonly string[], packages: readonly string[] = []): FolderRule {
  return { imports, packages, node: true };
}

/** Who may import whom. A file belongs to the longest folder that it lies in. */
export const FOLDERS: Readonly<Record<string, FolderRule>> = {
  base: pure([]),
  'engine/math': pure(['base']),
  'engine/volume': pure(['base', 'engine/math']),
  'engine/edit': pure(['base', 'engine/math', 'engine/volume']),
  'engine/shape': pure(['base', 'engine/math', 'engine/volume', 'engine/edit']),
  'engine/project': pure(['base', 'engine/math', 'engine/volume', 'engine/edit', 'engine/shape']),
  'engine/query': pure([
    'base',
    'engine/math',
    'engine/volume',
    'engine/edit',
    'engine/shape',
    'engine/project',
  ]),
  'engine/filter': pure(['base', 'engine/math', 'engine/volume', 'engine/edit', 'engine/query']),
  'engine/generate': pure(['base', 'engine/math', 'engine/volume', 'engine/edit', 'engine/shape']),
  'engine/build': pure([
    'base',
    'engine/math',
    'engine/volume',
    'engine/edit',
    'engine/shape',
    'engine/query',
    'engine/generate',
  ]),
  engine: pure(['engine']),
  formats: pure(['base', 'engine'], ['zod']),
  render: pure(['base', 'engine']),
  protocol: pure(['base', 'engine'], ['zod']),
  'daemon/handlers': onNode([...PURE, 'daemon', 'daemon/config', 'daemon/workers'], ['zod']),
  'daemon/workers': onNode(
    [...PURE, 'daemon', 'daemon/handlers', 'daemon/script'],
    ['opentype.js', 'zod'],
  ),
  'daemon/script': onNode(
    [...PURE, 'daemon', 'daemon/handlers'],
    ['@jitl/quickjs-wasmfile-release-sync', 'quickjs-emscripten-core'],
  ),
  'daemon/transports': onNode(
    ['base', 'protocol', 'daemon', 'mcp'],
    ['@hono/node-server', '@modelcontextprotocol/server', 'hono', 'ws'],
  ),
  'daemon/config': onNode(['base'], ['jsonc-parser', 'zod']),
  'daemon/command': onNode(['base', 'daemon', 'daemon/config'], ['commander']),
  daemon: onNode(
    [
      ...PURE,
      'client',
      'mcp',
      'daemon/command',
      'daemon/config',
      'daemon/handlers',
      'daemon/workers',
      'daemon/transports',
      'daemon/script',
    ],
    [
      '@opentelemetry/api',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace-node',
      'pino',
      'prom-client',
      'rotating-file-stream',
      'zod',
    ],
  ),
  mcp: onNode(
    ['base', 'protocol', 'client', 'manager', 'mcp/tools'],
    ['@modelcontextprotocol/server', 'zod'],
  ),
  'mcp/tools': onNode(['base', 'protocol', 'mcp'], ['zod']),
  manager: onNode(['base', 'daemon/config', 'daemon/command']),
  client: pure(['base', 'protocol', 'client/node'], ['zod']),
  'client/node': onNode(['base', 'protocol', 'client'], ['ws', 'zod']),
  // Of the daemon only what ENTRIES has: Node's compression, for files that are read without a daemon.
  cli: onNode(
    ['base', 'engine', 'formats', 'render', 'protocol', 'client', 'daemon'],
    ['commander', 'jsonc-parser'],
  ),
};

/** What the protocol may call of the engine: it turns the many spellings of a colour into the one number. */
const PROTOCOL_USES = ['rgba'];

/** Folders of which others import the `index.js` only. */
const ENTRIES =
  /^(base|base\/codec|engine(\/\w+)?|formats|render|protocol|client|daemon\/(config|command)|manager|mcp)\/index\.ts$|^daemon\/codecs\.ts$/;

/** Their parts are one folder in this respect. */
const WHOLE_FOLDERS = ['client', 'daemon', 'mcp'];

export function folderOf(path: string): string {
  const folders = Object.keys(FOLDERS).filter((folder) => path.startsWith(`${folder}/`));
  const folder = folders.sort((a, b) => b.length - a.length)[0];
  if (folder === undefined) {
    throw new Error(
      `src/${path} lies in no folder of FOLDERS (test/helpers/architecture.ts): add the folder with what it may import`,
    );
  }
  return folder;
}

/** Imports against the table, and past the index of a folder. */
export function wrongImports(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    source.imports.flatMap((entry) => {
      const wrong = entry.target
        ? wrongOwnImport(source, entry, entry.target)
        : wrongPackage(source, entry);
      return wrong ? [`src/${source.path}:${entry.line} ${wrong}`] : [];
    }),
  );
}

function wrongOwnImport(source: Source, entry: Import, target: string): string | null {
  const from = folderOf(source.path);
  const to = folderOf(target);
  if (from === to) return null;
  const allowed = FOLDERS[from]!.imports;
  if (
    !allowed.some((folder) => to === folder || (folder === 'engine' && to.startsWith('engine/')))
  ) {
    return `imports ${to}: ${from} may import ${list(allowed)}; move what both need to one of these, or hand it in`;
  }
  const isOneFolder = WHOLE_FOLDERS.some((top) => from.startsWith(top) && to.startsWith(top));
  if (!isOneFolder && !ENTRIES.test(target)) {
    return `imports ${entry.specifier}: outside of its folder a file is imported through ${to}/index.js; export it there`;
  }
  if (from === 'protocol' && to.startsWith('engine')) {
    const code = entry.valueNames.filter(
      (name) => !/^[A-Z][A-Z0-9_]*$/.test(name) && !PROTOCOL_USES.includes(name),
    );
    if (code.length > 0) {
      return `imports ${list(code)} of the engine: protocol may import its types and constants only; call it in a handler`;
    }
  }
  return null;
}

function wrongPackage(source: Source, entry: Import): string | null {
  const folder = folderOf(source.path);
  const { packages, node } = FOLDERS[folder]!;
  if (entry.specifier.startsWith('node:')) {
    return node
      ? null
      : `imports ${entry.specifier}: ${folder} runs anywhere; take what it needs as an argument, as FormatContext does`;
  }
  if (packages.includes(packageOf(entry.specifier))) return null;
  return `imports ${entry.specifier}: ${folder} may use ${list(packages)}; a new dependency needs a decision in docs/decisions`;
}

/** `hono/body-limit` → `hono`, `@hono/node-server/x` → `@hono/node-server`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Names that reach around the compiler to what is ambient. */
export function ambientNames(sources: readonly Source[]): string[] {
  return sources
    .filter((source) => !FOLDERS[folderOf(source.path)]!.node)
    .flatMap((source) =>
      ['globalThis', 'process', 'Buffer', 'require'].flatMap((name) => {
        const line = source.identifiers.get(name);
        return line === undefined
          ? []
          : [
              `src/${source.path}:${line} uses ${name}: this folder runs anywhere; take it as an argument`,
            ];
      }),
    );
}

/** Files that load each other; `import type` does not count, since nothing is loaded. */
export function cycles(sources: readonly Source[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const circle = [...trail.slice(start), path].map((step) => `src/${step}`);
      found.push(`${circle.join(' → ')}: move what both need to a third file`);
      return;
    }
    if (done.has(path)) return;
    for (const { target, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (target && !typeOnly) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  return found;
}

/** Files that no entry reaches. */
export function deadFiles(sources: readonly Source[], entries: readonly string[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { target } of byPath.get(path)?.imports ?? []) if (target) visit(target);
  };
  entries.forEach(visit);
  return sources
    .filter(({ path }) => !reached.has(path) && !path.endsWith('.d.ts'))
    .map(({ path }) => `src/${path} is imported by nothing that runs or is exported: delete it`);
}

interface Word {
  readonly word: string;
  readonly use: string;
  /** Where the word is right: names of the wire and of files, parts of a picture. */
  readonly except?: readonly string[];
}

/** One word per concept: words that stand for something that has another name here. */
const WORDS: readonly Word[] = [
  { word: 'aabb', use: 'box' },
  { word: 'bbox', use: 'box', except: ['protocol', 'daemon'] },
  {
    word: 'brick',
    use: 'block (the cubes that the renderer steps over are bricks)',
    except: ['render'],
  },
  {
    word: 'tile',
    use: 'block (a part of a picture is a tile)',
    except: ['render', 'daemon/workers', 'cli'],
  },
  {
    word: 'chunk',
    use: 'block (a section of a file or a piece of a stream is a chunk)',
    except: ['base', 'formats', 'daemon', 'client'],
  },
  { word: 'coord', use: 'position' },
  { word: 'coords', use: 'position' },
  { word: 'pos', use: 'position', except: ['daemon/handlers', 'protocol'] },
  { word: 'lut', use: 'palette' },
  { word: 'colormap', use: 'palette' },
  { word: 'colour', use: 'color (code spells it so, prose as it likes)' },
  { word: 'endpoint', use: 'method' },
];

export function strayWords(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    [...source.identifiers].flatMap(([name, line]) =>
      WORDS.filter(({ word, except = [] }) => {
        const allowed = except.some((folder) => source.path.startsWith(`${folder}/`));
        return !allowed && wordsOf(name).includes(word);
      }).map(({ word, use }) => `src/${source.path}:${line} ${name}: not ${word}, use ${use}`),
    ),
  );
}

/** `voxelAtPos` → voxel, at, pos. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

export interface LongFile {
  readonly lines: number;
  readonly reason: string;
}

const LINES_MAX = 500;

/** Files longer than a reader holds in the head, except those listed, which may only shrink. */
export function longFiles(
  sources: readonly Source[],
  listed: Readonly<Record<string, LongFile>>,
): string[] {
  const long = sources.flatMap(({ path, lineCount }) => {
    const most = listed[path]?.lines ?? LINES_MAX;
    return lineCount > most
      ? [`src/${path} has ${lineCount} lines, at most ${most}: split it`]
      : [];
  });
  const stale = Object.keys(listed)
    .filter((path) => !sources.some((s) => s.path === path && s.lineCount > LINES_MAX))
    .map((path) => `src/${path} has at most ${LINES_MAX} lines or is gone: take it off the list`);
  return [...long, ...stale];
}

function list(names: readonly string[]): string {
  return names.length > 0 ? names.join(', ') : 'nothing';
}
