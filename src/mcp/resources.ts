import {
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
  type ResourceTemplateType,
} from '@modelcontextprotocol/server';
import {
  findMethod,
  METHODS,
  type MethodDefinition,
  paramsSchema,
  resultSchema,
} from '../protocol/index.js';
import type { Backend, Json } from './backend.js';
import { GUIDES } from './guides.js';
import type { KeptResults } from './results.js';
import type { Picture } from './tool.js';

/** What resources are made of. */
export interface ResourceSources {
  readonly backend: Backend;
  readonly kept: KeptResults;
  readonly lastPicture: Picture | null;
}

type Content = ReadResourceResult['contents'][number];
type Variables = Readonly<Record<string, string>>;

interface Kind {
  /** URI with `{name}` where a variable stands. */
  readonly uri: string;
  readonly title: string;
  readonly mimeType: string;
  /** The resources of this kind that there are now, beside those that any URI names. */
  readonly list?: (sources: ResourceSources) => Promise<readonly Listed[]>;
  readonly read: (variables: Variables, sources: ResourceSources) => Promise<unknown>;
  /** Values of a variable, given those before it. */
  readonly complete?: (
    variable: string,
    known: Variables,
    sources: ResourceSources,
  ) => Promise<readonly string[]>;
}

interface Listed {
  readonly uri: string;
  readonly title: string;
}

const JSON_TYPE = 'application/json';

const KINDS: readonly Kind[] = [
  {
    uri: 'goxel://project',
    title: 'The active project: name, size, layers, state',
    mimeType: JSON_TYPE,
    read: (_, { backend }) => backend.call('goxel.get_project_info', {}),
  },
  {
    uri: 'goxel://project/{id}',
    title: 'A project',
    mimeType: JSON_TYPE,
    list: async (sources) =>
      (await openProjects(sources)).map(({ project_id: id, name }) => ({
        uri: `goxel://project/${id}`,
        title: `Project ${name}`,
      })),
    read: ({ id }, { backend }) => backend.call('goxel.get_project_info', { project_id: id }),
    complete: completeId,
  },
  {
    uri: 'goxel://project/{id}/layer/{layer}',
    title: 'A layer: bounds and colours',
    mimeType: JSON_TYPE,
    read: async ({ id, layer }, { backend }) => {
      const target = { project_id: id, layer_id: layerRef(layer!) };
      const [bounds, colors] = [
        await backend.call('goxel.get_bounding_box', target),
        await backend.call('goxel.get_color_histogram', { ...target, top_n: 64 }),
      ];
      return { layer, bounds, colors };
    },
    complete: async (variable, known, sources) => {
      if (variable === 'id') return completeId(variable, known, sources);
      const target = known.id === undefined ? {} : { project_id: known.id };
      const { layers } = await sources.backend.call('goxel.list_layers', target);
      return (layers as { name: string }[]).map(({ name }) => name);
    },
  },
  {
    uri: 'goxel://project/{id}/palette',
    title: 'The palette of a project',
    mimeType: JSON_TYPE,
    read: ({ id }, { backend }) => backend.call('goxel.get_palette', { project_id: id }),
    complete: completeId,
  },
  {
    uri: 'goxel://project/{id}/history',
    title: 'What can be undone and redone',
    mimeType: JSON_TYPE,
    read: ({ id }, { backend }) => backend.call('goxel.get_history', { project_id: id }),
    complete: completeId,
  },
  {
    uri: 'goxel://render/last',
    title: 'The last picture of this server',
    mimeType: 'image/png',
    read: async (_, { lastPicture }) => lastPicture,
  },
  {
    uri: 'goxel://methods',
    title: 'All methods of the daemon',
    mimeType: JSON_TYPE,
    read: async () =>
      Object.fromEntries((METHODS as readonly MethodDefinition[]).map((m) => [m.name, m.summary])),
  },
  {
    uri: 'goxel://method/{name}',
    title: 'The schema of a method',
    mimeType: JSON_TYPE,
    read: async ({ name }) => {
      const method = findMethod(name!);
      return method
        ? {
            method: method.name,
            summary: method.summary,
            params: paramsSchema(method),
            result: resultSchema(method),
            example: method.example,
          }
        : null;
    },
    complete: async () => (METHODS as readonly MethodDefinition[]).map(({ name }) => name),
  },
  {
    uri: 'goxel://docs/{topic}',
    title: 'A guide',
    mimeType: 'text/markdown',
    list: async () =>
      Object.entries(GUIDES).map(([topic, text]) => ({
        uri: `goxel://docs/${topic}`,
        title: /^# (.+)$/m.exec(text)?.[1] ?? topic,
      })),
    read: async ({ topic }) => GUIDES[topic!] ?? null,
    complete: async () => Object.keys(GUIDES),
  },
  {
    uri: 'goxel://result/{number}',
    title: 'An answer that was too large',
    mimeType: 'application/octet-stream',
    list: async ({ kept }) => kept.list.map(({ uri, about }) => ({ uri, title: about })),
    read: async ({ number }, { kept }) => kept.get(`goxel://result/${number}`) ?? null,
  },
];

const isTemplate = ({ uri }: Kind) => uri.includes('{');

/** The resources that there are now. */
export async function listResources(sources: ResourceSources): Promise<Resource[]> {
  const all = await Promise.all(
    KINDS.map(async (kind) => {
      const listed = isTemplate(kind)
        ? ((await kind.list?.(sources)) ?? [])
        : [{ uri: kind.uri, title: kind.title }];
      return listed.map(({ uri, title }) => ({
        uri,
        name: uri.slice('goxel://'.length),
        title,
        mimeType: kind.mimeType,
      }));
    }),
  );
  return all.flat();
}

/** Resources that a URI can name, by the form of the URI. */
export function listTemplates(): ResourceTemplateType[] {
  return KINDS.filter(isTemplate).map(({ uri, title, mimeType }) => ({
    uriTemplate: uri,
    name: uri.slice('goxel://'.length),
    title,
    mimeType,
  }));
}

/** @throws ResourceNotFoundError when nothing has the URI. */
export async function readResource(
  uri: string,
  sources: ResourceSources,
): Promise<ReadResourceResult> {
  for (const kind of KINDS) {
    const variables = match(kind.uri, uri);
    const value = variables && (await kind.read(variables, sources));
    if (value) return { contents: [contentOf(uri, kind.mimeType, value)] };
  }
  throw new ResourceNotFoundError(uri);
}

/** Values of a variable of a template, for what has been typed of it. */
export async function completeVariable(
  template: string,
  variable: string,
  typed: string,
  known: Variables,
  sources: ResourceSources,
): Promise<string[]> {
  const kind = KINDS.find(({ uri }) => uri === template);
  const values = (await kind?.complete?.(variable, known, sources)) ?? [];
  return values.filter((value) => value.toLowerCase().startsWith(typed.toLowerCase()));
}

/** URIs that change with a project. */
export function urisOf(projectId: string): string[] {
  const own = `goxel://project/${projectId}`;
  return ['goxel://project', own, `${own}/history`, `${own}/palette`];
}

function contentOf(uri: string, mimeType: string, value: unknown): Content {
  if (typeof value === 'string') return { uri, mimeType, text: value };
  const { data, text, mimeType: own } = value as Json;
  if (typeof data === 'string' && typeof own === 'string') {
    return { uri, mimeType: own, blob: data };
  }
  if (typeof text === 'string' && typeof own === 'string') {
    return own.startsWith('image/')
      ? { uri, mimeType: own, blob: text }
      : { uri, mimeType: own, text };
  }
  return { uri, mimeType, text: JSON.stringify(value) };
}

/** The variables of a URI of a form; null when it has another. */
function match(form: string, uri: string): Variables | null {
  const names: string[] = [];
  const pattern = form.replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    return '([^/]+)';
  });
  const found = new RegExp(`^${pattern}$`).exec(uri);
  if (!found) return null;
  try {
    return Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(found[i + 1]!)]));
  } catch {
    // A percent sign that is no escape: nothing has such a URI.
    return null;
  }
}

function layerRef(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}

async function openProjects({
  backend,
}: ResourceSources): Promise<{ project_id: string; name: string }[]> {
  const { projects } = await backend.call('goxel.list_projects', {});
  return projects as { project_id: string; name: string }[];
}

async function completeId(
  _: string,
  __: Variables,
  sources: ResourceSources,
): Promise<readonly string[]> {
  return (await openProjects(sources)).map(({ project_id: id }) => id);
}
