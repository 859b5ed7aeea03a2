import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The folder of the repository, with a slash at its end. */
export const repository = fileURLToPath(new URL('../../', import.meta.url));

/** One `import`, `export … from`, `import()` or `new URL('…', import.meta.url)` (a worker's file). */
export interface Import {
  readonly specifier: string;
  /** The imported file below `src/`, or null for a package. */
  readonly target: string | null;
  readonly line: number;
  /** Needed by the compiler only; nothing is loaded. */
  readonly typeOnly: boolean;
  /** Names that are imported as values; `*` for all. */
  readonly valueNames: readonly string[];
}

export interface Source {
  /** Below `src/`, with forward slashes: `engine/volume/block.ts`. */
  readonly path: string;
  readonly lineCount: number;
  readonly imports: readonly Import[];
  /** Every identifier with the line where it stands first. */
  readonly identifiers: ReadonlyMap<string, number>;
}

/** All of `src/`, parsed. */
export function readSources(): Source[] {
  const root = join(repository, 'src');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')));
}

/** Reads one file; `path` is below `src/`. */
export function parseSource(path: string, text: string): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const lineOf = (node: ts.Node) =>
    file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  const imports: Import[] = [];
  const identifiers = new Map<string, number>();

  const add = (node: ts.Node, specifier: ts.Node | undefined, valueNames: string[]) => {
    if (!specifier || !ts.isStringLiteral(specifier)) return;
    imports.push({
      specifier: specifier.text,
      target: targetOf(path, specifier.text),
      line: lineOf(node),
      typeOnly: valueNames.length === 0,
      valueNames,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !identifiers.has(node.text)) {
      identifiers.set(node.text, lineOf(node));
    }
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, importedValues(node));
    if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, exportedValues(node));
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, node.argument.literal, []);
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], ['*']);
    }
    for (const literal of fileUrls(node, file)) add(node, literal, ['*']);
    ts.forEachChild(node, visit);
  };
  visit(file);
  const lineCount = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return { path, lineCount, imports, identifiers };
}

/** `./block.js` as seen from `engine/volume/volume.ts` is `engine/volume/block.ts`. */
function targetOf(path: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  return posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts');
}

function importedValues(node: ts.ImportDeclaration): string[] {
  const clause = node.importClause;
  if (!clause) return ['*'];
  if (clause.isTypeOnly) return [];
  const names = clause.name ? ['default'] : [];
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) names.push('*');
  if (bindings && ts.isNamedImports(bindings)) {
    names.push(...valuesOf(bindings.elements));
  }
  return names;
}

function exportedValues(node: ts.ExportDeclaration): string[] {
  if (node.isTypeOnly) return [];
  if (!node.exportClause || !ts.isNamedExports(node.exportClause)) return ['*'];
  return valuesOf(node.exportClause.elements);
}

function valuesOf(elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[]): string[] {
  return elements
    .filter((element) => !element.isTypeOnly)
    .map((element) => (element.propertyName ?? element.name).text);
}

/** The files below `src/` in `new URL('./worker.js', import.meta.url)`, which is how a worker is started. */
function fileUrls(node: ts.Node, file: ts.SourceFile): ts.StringLiteral[] {
  if (!ts.isNewExpression(node) || node.expression.getText(file) !== 'URL') return [];
  const [specifier, base] = node.arguments ?? [];
  if (!specifier || base?.getText(file) !== 'import.meta.url') return [];
  const literals: ts.StringLiteral[] = [];
  const visit = (inner: ts.Node): void => {
    if (ts.isStringLiteral(inner) && /^\.\/.*\.js$/.test(inner.text)) literals.push(inner);
    ts.forEachChild(inner, visit);
  };
  visit(specifier);
  return literals;
}
