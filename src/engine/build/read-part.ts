import { GoxelError } from '../../base/index.js';
import { Fields, plainWord, show } from './fields.js';
import { type Body, BUILD_LIMITS, PART_MODES, type Part, type PartMode } from './part.js';
import {
  BODY_WORDS,
  readFill,
  readPixels,
  readSdf,
  readShape,
  readStroke,
  readText,
  readVoxels,
} from './read-body.js';
import { readColorRule, type ToColor } from './read-color.js';
import { PLACE_WORDS, readMirror, readPlacement, readRepeat, readTurn } from './read-place.js';

const MODE_SYNONYMS: ReadonlyMap<string, PartMode> = new Map([
  ['union', 'add'],
  ['over', 'add'],
  ['subtract', 'sub'],
  ['remove', 'sub'],
  ['cut', 'sub'],
  ['carve', 'sub'],
  ['recolor', 'paint'],
]);

/** Fields that a part may have, for "did you mean". */
const PART_WORDS = [
  ...BODY_WORDS,
  ...PLACE_WORDS,
  ...['name', 'size', 'radius', 'height', 'hollow', 'open', 'axis', 'color', 'mode', 'layer'],
  ...[
    'rotate',
    'repeat',
    'mirror',
    'depth',
    'scale',
    'plane',
    'colors',
    'closed',
    'from',
    'to',
    'side',
  ],
];

/** Words for people; they change nothing. */
const NOTES = ['note', 'comment', 'description'];

/** The parts of a build, read; what was ignored is told. */
export interface PartList {
  readonly parts: readonly Part[];
  readonly warnings: readonly string[];
}

/**
 * Reads the parts of a build.
 *
 * @param define - Parts by name, for `use`.
 * @param toColor - Reads a colour in any form of the wire.
 * @param nearest - The words that are most like one, best first.
 * @throws GoxelError `invalid_params` that names the part by its number from 1 and its name, `limit_exceeded`.
 */
export function readParts(
  parts: readonly unknown[],
  define: Readonly<Record<string, unknown>>,
  toColor: ToColor,
  nearest: (word: string, known: readonly string[]) => readonly string[],
): PartList {
  const reader = new PartReader(define, toColor, nearest);
  return { parts: reader.list(parts, '', 0), warnings: reader.warnings };
}

class PartReader {
  readonly warnings: string[] = [];
  readonly #define: ReadonlyMap<string, unknown>;
  readonly #toColor: ToColor;
  readonly #nearest: (word: string, known: readonly string[]) => readonly string[];
  #count = 0;

  constructor(
    define: Readonly<Record<string, unknown>>,
    toColor: ToColor,
    nearest: (word: string, known: readonly string[]) => readonly string[],
  ) {
    this.#define = new Map(Object.entries(define).map(([name, part]) => [plainWord(name), part]));
    this.#toColor = toColor;
    this.#nearest = nearest;
  }

  list(values: readonly unknown[], prefix: string, depth: number): Part[] {
    if (depth > BUILD_LIMITS.depth) {
      throw limit(
        `groups and definitions may be nested ${BUILD_LIMITS.depth} deep`,
        BUILD_LIMITS.depth,
        depth,
      );
    }
    return values.map((value, i) => this.#part(value, `${prefix}part ${i + 1}`, depth));
  }

  #part(value: unknown, place: string, depth: number): Part {
    if (++this.#count > BUILD_LIMITS.parts) {
      throw limit(
        `a build has at most ${BUILD_LIMITS.parts} parts, those of groups counted wherever they are used`,
        BUILD_LIMITS.parts,
        this.#count,
      );
    }
    const named = (value as { name?: unknown } | null)?.name;
    const name = typeof named === 'string' && named !== '' ? named : null;
    const label = name === null ? place : `${place} '${name.slice(0, 60)}'`;
    const fields = new Fields(label, value);
    fields.take('name');
    const mode = fields.take('mode', 'op') ?? 'add';
    const color = fields.take('color', 'colour');
    const layer = fields.take('layer', 'layer_id');
    if (layer !== undefined && typeof layer !== 'string' && typeof layer !== 'number') {
      fields.fail(`layer must be a name or an id, got ${show(layer)}`);
    }
    const part: Part = {
      label,
      name,
      // The shape may have fields of the same names as the place: it is read first.
      body: this.#body(fields, depth),
      mode: MODE_SYNONYMS.get(plainWord(String(mode))) ?? fields.oneOf('mode', PART_MODES, mode),
      color: color === undefined ? null : readColorRule(label, color, this.#toColor),
      layer: (layer as string | number | undefined) ?? null,
      turn: readTurn(fields),
      repeat: readRepeat(fields),
      mirror: readMirror(fields),
      place: readPlacement(fields),
    };
    if (depth > 0 && part.layer !== null)
      fields.fail('only parts of the build itself have a layer');
    this.#checkRest(fields);
    return part;
  }

  #body(fields: Fields, depth: number): Body {
    const words = BODY_WORDS.filter((word) => fields.has(word));
    // Some say {"shape":"text","text":"INN"}.
    const plain = words.length === 2 && words[0] === 'shape' ? String(fields.take('shape')) : '';
    const [kind = fields.has('parts') ? 'group' : 'shape', other] = words.includes(plain as never)
      ? [words[1]]
      : words;
    if (other) fields.fail(`is ${kind} and ${other}: a part is one thing; make two, or a group`);
    switch (kind) {
      case 'text':
        return readText(fields);
      case 'pixels':
        return readPixels(fields, this.#toColor);
      case 'voxels':
        return readVoxels(fields, this.#toColor);
      case 'stroke':
        return readStroke(fields);
      case 'sdf':
        return readSdf(fields);
      case 'stamp':
        return { kind: 'stamp', source: fields.text('stamp') };
      case 'fill':
        return readFill(fields);
      case 'group':
        return this.#group(fields, fields.take('group', 'parts'), depth);
      case 'use':
        return this.#group(fields, this.#definition(fields), depth);
      default:
        if (fields.has('from') || fields.has('points')) {
          fields.take('shape');
          return readStroke(fields);
        }
        if (words.length === 0 && !fields.has('size') && !fields.has('radius')) {
          return fields.fail(`does not say what it is: give one of ${BODY_WORDS.join(', ')}`);
        }
        return readShape(fields);
    }
  }

  #group(fields: Fields, value: unknown, depth: number): Body {
    const list = Array.isArray(value) ? value : [value];
    if (list.length === 0) fields.fail('a group has at least one part');
    return { kind: 'group', parts: this.list(list, `${fields.label} > `, depth + 1) };
  }

  #definition(fields: Fields): unknown {
    const name = fields.text('use');
    const found = this.#define.get(plainWord(name));
    if (found !== undefined) return found;
    const known = [...this.#define.keys()];
    return fields.fail(
      known.length === 0
        ? `use '${name}' needs define: {"${name}": [parts]} beside parts`
        : `use '${name}' is not defined; defined are ${known.join(', ')}`,
      { available: known },
    );
  }

  /** A word that is almost one of ours is an error; any other is told and ignored. */
  #checkRest(fields: Fields): void {
    for (const word of fields.rest()) {
      if (NOTES.includes(plainWord(word))) continue;
      const isKnown = PART_WORDS.some((known) => plainWord(known) === plainWord(word));
      if (isKnown) fields.fail(`'${word}' does not go with what it is`);
      const [near] = this.#nearest(word, PART_WORDS);
      if (near)
        fields.fail(`unknown word '${word}'; did you mean '${near}'?`, { suggestions: [near] });
      this.warnings.push(`${fields.label}: unknown word '${word}' was ignored`);
    }
  }
}

function limit(message: string, most: number, value: number): GoxelError {
  return new GoxelError('limit_exceeded', message, { limit: most, value });
}
