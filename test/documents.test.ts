import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from './helpers/sources.js';

function read(path: string): string {
  return readFileSync(join(repository, path), 'utf8');
}

const decisions = readdirSync(join(repository, 'docs/decisions')).filter((name) =>
  name.endsWith('.md'),
);

const documents = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'config/README.md'],
  ...readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path.replaceAll('\\', '/')}`),
];

describe('decisions', () => {
  it('have numbers of their own', () => {
    const numbers = decisions.map((name) => /^\d{4}(?=-[a-z0-9-]+\.md$)/.exec(name)?.[0] ?? name);
    expect(new Set(numbers).size).toBe(decisions.length);
    expect(numbers.filter((number) => number.length !== 4)).toEqual([]);
  });

  it.each(decisions)('%s says context, decision, consequences and when to revisit it', (name) => {
    const headings = read(`docs/decisions/${name}`).match(/^#+ .*$/gm);
    expect(headings?.slice(1)).toEqual([
      '## Context',
      '## Decision',
      '## Consequences',
      '## Revisit when',
    ]);
  });

  it('are all linked in ARCHITECTURE.md', () => {
    const text = read('ARCHITECTURE.md');
    expect(decisions.filter((name) => !text.includes(`docs/decisions/${name}`))).toEqual([]);
  });
});

describe.each(documents)('%s', (path) => {
  it('links to files and headings that exist', () => {
    expect(brokenLinks(path, read(path))).toEqual([]);
  });
});

it('a link to nothing is found', () => {
  const text =
    '# A b\n[x](#a-b) [x](#c) [y](LICENSE) [y](NOWHERE) [z](https://example.com/#q) `[w](no)`';
  expect(brokenLinks('README.md', text)).toEqual(['#c', 'NOWHERE']);
});

/** Links and pictures of a page that point at no file or no heading; addresses elsewhere are not looked at. */
function brokenLinks(path: string, text: string): string[] {
  const prose = text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file = '', heading] = link.split('#');
    const target = file === '' ? path : relative(repository, join(repository, dirname(path), file));
    if (!existsSync(join(repository, target))) return true;
    return heading !== undefined && !anchors(file === '' ? text : read(target)).includes(heading);
  });
}

/** The names that headings get on the page: lower case, without punctuation, dashes for blanks. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
