import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ambientNames,
  cycles,
  deadFiles,
  type LongFile,
  longFiles,
  strayWords,
  wrongImports,
} from './helpers/architecture.js';
import { parseSource, readSources, repository } from './helpers/sources.js';

/** Files of more than 500 lines, with the lines they may have at most and why they are not split. */
const LONG_FILES: Record<string, LongFile> = {};

/** What is started or exported: the launchers in `bin/` and the `exports` of the package. */
function entries(): string[] {
  const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, unknown> };
  const exported = Object.keys(exports).filter((name) => /^\.\/\w+$/.test(name));
  return [
    'daemon/main.ts',
    'daemon/workers/worker.ts',
    'cli/main.ts',
    'mcp/main.ts',
    'client/browser.ts',
    ...exported.map((name) => `${name.slice(2)}/index.ts`),
  ];
}

function read(path: string): string {
  return readFileSync(join(repository, path), 'utf8');
}

const sources = readSources();

describe('the folders of src', () => {
  it('import only along the arrows, through the index of a folder', () => {
    expect(wrongImports(sources)).toEqual([]);
  });

  it('have no files that load each other', () => {
    expect(cycles(sources)).toEqual([]);
  });

  it('have no file that nothing uses', () => {
    expect(deadFiles(sources, entries())).toEqual([]);
  });

  it('use one word per concept', () => {
    expect(strayWords(sources)).toEqual([]);
  });

  it('have no long files but those listed here', () => {
    expect(longFiles(sources, LONG_FILES)).toEqual([]);
  });
});

describe('the pure folders', () => {
  it('use nothing ambient', () => {
    expect(ambientNames(sources)).toEqual([]);
  });

  it('are compiled without the types of Node and of the browser', () => {
    const base = jsonc('tsconfig.base.json');
    const pure = jsonc('tsconfig.pure.json');
    expect({ ...base.compilerOptions, ...pure.compilerOptions }).toMatchObject({
      types: [],
      lib: ['ES2023'],
    });
    expect(pure.include).toEqual([
      'src/base',
      'src/engine',
      'src/formats',
      'src/render',
      'src/protocol',
    ]);
  });
});

/** Our configuration files have whole lines of comment only. */
function jsonc(path: string): { compilerOptions: object; include?: string[] } {
  return JSON.parse(read(path).replace(/^\s*\/\/.*$/gm, ''));
}

describe('the rules themselves', () => {
  const broken = (path: string, text: string) => [parseSource(path, text)];

  it.each([
    [
      'engine/edit/x.ts',
      "import { y } from '../../formats/index.js';",
      'engine/edit may import base',
    ],
    ['engine/volume/x.ts', "import type { P } from '../project/index.js';", 'volume may import'],
    ['engine/project/x.ts', "import { get } from '../volume/block.js';", 'engine/volume/index.js'],
    ['render/x.ts', "export { y } from '../formats/index.js';", 'render may import base, engine'],
    ['protocol/x.ts', "import { flatten } from '../engine/index.js';", 'types and constants only'],
    ['daemon/handlers/x.ts', "import { y } from '../transports/unix.js';", 'may import'],
    ['client/x.ts', "const y = await import('../daemon/daemon.js');", 'client may import base'],
    ['cli/x.ts', "let y: import('../daemon/daemon.js').Daemon;", 'outside of its folder'],
    ['base/x.ts', "import { readFileSync } from 'node:fs';", 'runs anywhere'],
    ['engine/volume/x.ts', "import { z } from 'zod';", 'engine/volume may use nothing'],
  ])('wrong import in %s', (path, text, message) => {
    expect(wrongImports(broken(path, text))).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['protocol/x.ts', "import { BLEND_MODES, type Mode } from '../engine/index.js';"],
    ['formats/x.ts', "import { readPng } from '../base/codec/index.js';"],
    ['engine/index.ts', "export * from './math/index.js';"],
    ['daemon/handlers/x.ts', "import type { Services } from '../services.js';"],
  ])('right import in %s', (path, text) => {
    expect(wrongImports(broken(path, text))).toEqual([]);
  });

  it('a circle of two files is named, a circle of types is none', () => {
    const a = parseSource('base/a.ts', "import { b } from './b.js';");
    const loads = parseSource('base/b.ts', "import { a } from './a.js';");
    const types = parseSource('base/b.ts', "import type { a } from './a.js';");
    expect(cycles([a, loads])).toEqual([
      'src/base/a.ts → src/base/b.ts → src/base/a.ts: move what both need to a third file',
    ]);
    expect(cycles([a, types])).toEqual([]);
  });

  it('a file that only a worker is started from is used', () => {
    const main = parseSource('daemon/main.ts', "new URL('./workers/w.js', import.meta.url);");
    const worker = parseSource('daemon/workers/w.ts', '');
    expect(deadFiles([main, worker], ['daemon/main.ts'])).toEqual([]);
    expect(deadFiles([main, worker], [])).toHaveLength(2);
  });

  it('words are found inside of names, and only in names', () => {
    const text = "// the bbox\nconst a = 'bbox';\nconst voxelBBox = 1, PART_BBOX = 2;";
    expect(strayWords(broken('engine/math/x.ts', text))).toEqual([
      'src/engine/math/x.ts:3 PART_BBOX: not bbox, use box',
    ]);
    expect(strayWords(broken('render/x.ts', 'let tileSize;'))).toEqual([]);
    expect(strayWords(broken('engine/math/x.ts', 'let tileSize;'))).toHaveLength(1);
  });

  it('a listed file may shrink and not grow, and leaves the list when it is short', () => {
    const of = (lines: number) => broken('base/x.ts', 'x;\n'.repeat(lines));
    const listed = { 'base/x.ts': { lines: 600, reason: 'a table' } };
    expect(longFiles(of(500), {})).toEqual([]);
    expect(longFiles(of(501), {})).toHaveLength(1);
    expect(longFiles(of(600), listed)).toEqual([]);
    expect(longFiles(of(601), listed)).toHaveLength(1);
    expect(longFiles(of(500), listed)).toHaveLength(1);
  });

  it('names of Node in a pure folder', () => {
    expect(ambientNames(broken('base/x.ts', 'process.exit(1);'))).toHaveLength(1);
    expect(ambientNames(broken('daemon/x.ts', 'process.exit(1);'))).toEqual([]);
  });
});

describe('tracked files', () => {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: repository, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(repository, path)));

  it('name no path of one machine and no registry', () => {
    // Written so that the pattern does not find itself.
    const pattern = /\/(?:wor[k]|hom[e]\/\w+|User[s]\/\w+)\/|npmjs[.]org|pypi[.]org/;
    const found = tracked
      .filter((path) => !/\.(png|gox|vox)$/.test(path))
      .flatMap((path) =>
        read(path)
          .split('\n')
          .flatMap((text, i) => (pattern.test(text) ? [`${path}:${i + 1} ${text.trim()}`] : [])),
      );
    expect(found).toEqual([]);
  });
});
