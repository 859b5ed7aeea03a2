import { z } from 'zod';
import { ERRORS } from '../base/index.js';
import type { MethodDefinition } from './define.js';
import { WIRE_CODES } from './errors.js';
import { METHODS } from './methods/index.js';
import { keysToSnake, toSnake } from './names.js';

type Schema = Record<string, unknown>;

/** JSON Schema (draft 7) of what a client may send, with the field names of the wire. */
export function paramsSchema(method: MethodDefinition): Schema {
  return wireSchema(
    z.toJSONSchema(method.params, { target: 'draft-7', io: 'input', unrepresentable: 'any' }),
  );
}

/** JSON Schema (draft 7) of the result, with the field names of the wire. */
export function resultSchema(method: MethodDefinition): Schema {
  return wireSchema(
    z.toJSONSchema(method.result, { target: 'draft-7', io: 'output', unrepresentable: 'any' }),
  );
}

/** Renames the properties of a schema, at every depth, to the spelling of the wire. */
function wireSchema(schema: unknown): Schema {
  const { $schema: _, ...rest } = rename(schema) as Schema;
  return rest;
}

function rename(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(rename);
  if (typeof schema !== 'object' || schema === null) return schema;
  const result: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') {
      result.properties = Object.fromEntries(
        Object.entries(value as Schema).map(([name, inner]) => [toSnake(name), rename(inner)]),
      );
    } else if (key === 'required') result.required = (value as string[]).map(toSnake);
    else if (key === 'default' || key === 'examples') result[key] = keysToSnake(value);
    else result[key] = rename(value);
  }
  return result;
}

/** The OpenRPC document of all methods: what `rpc.discover` returns. */
export function openRpcDocument(version: string): Schema {
  return {
    openrpc: '1.3.2',
    info: {
      title: 'goxel-daemon',
      version,
      description: 'A headless 3D voxel engine that runs as a service.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    methods: (METHODS as readonly MethodDefinition[]).map(openRpcMethod),
  };
}

function openRpcMethod(method: MethodDefinition): Schema {
  const schema = paramsSchema(method);
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const required = new Set((schema.required ?? []) as string[]);
  const names = [...required, ...Object.keys(properties).filter((name) => !required.has(name))];
  return {
    name: method.name,
    summary: method.summary,
    paramStructure: 'by-name',
    params: names.map((name) => ({
      name,
      required: required.has(name),
      ...(typeof properties[name]!.description === 'string'
        ? { description: properties[name]!.description }
        : {}),
      schema: properties[name],
    })),
    result: { name: 'result', schema: resultSchema(method) },
    errors: method.errors.map((code) => {
      const { rpc } = WIRE_CODES[code];
      return {
        code: rpc === 'method' ? method.failure.code : rpc,
        message: ERRORS[code].summary,
        data: { kind: code },
      };
    }),
    tags: [{ name: method.scope }],
    'x-aliases': method.aliases,
  };
}
