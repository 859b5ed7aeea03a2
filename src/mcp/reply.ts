import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/server';
import type { BackendError, Json } from './backend.js';
import type { KeptResults } from './results.js';
import type { Picture, ToolReply } from './tool.js';

/** About 6,000 tokens. Hosts cut what is longer, or refuse it. */
export const TEXT_CHARACTERS_MAX = 24_000;
/** Bytes of a picture, in base64. */
export const PICTURE_CHARACTERS_MAX = 1_000_000;
/** Pixels along a side. */
export const PICTURE_SIDE_MAX = 2000;

/** What a tool answered, as the protocol has it: bounded, with what was too large put aside and linked. */
export function toResult(reply: ToolReply, kept: KeptResults): CallToolResult {
  const content: ContentBlock[] = [];
  const text = reply.text ?? JSON.stringify(reply.facts);
  let { facts } = reply;
  if (text.length <= TEXT_CHARACTERS_MAX) content.push({ type: 'text', text });
  else {
    const whole = kept.keep(
      reply.text === undefined ? 'application/json' : 'text/plain',
      text,
      'An answer that was too long',
    );
    const cut = text.slice(0, TEXT_CHARACTERS_MAX / 4);
    const note = `Cut after ${cut.length} of ${text.length} characters. Read the rest at ${whole.uri}, or ask for less.`;
    content.push({ type: 'text', text: `${note}\n${cut}` }, link(whole.uri, whole.mimeType));
    facts = { ...shortFacts(facts), truncated: true, resource: whole.uri };
  }
  for (const picture of reply.pictures ?? []) content.push(pictureBlock(picture, kept));
  content.push(...(reply.links ?? []));
  return { content, structuredContent: facts };
}

/** The members of a result that are numbers, flags and short texts: what is left of one that was too long. */
function shortFacts(facts: Json): Json {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => JSON.stringify(value)?.length <= 200),
  );
}

function pictureBlock({ data, mimeType, width, height }: Picture, kept: KeptResults): ContentBlock {
  const fits = data.length <= PICTURE_CHARACTERS_MAX && Math.max(width, height) <= PICTURE_SIDE_MAX;
  if (fits) return { type: 'image', data, mimeType };
  const { uri } = kept.keep(mimeType, data, `A picture of ${width} × ${height}`);
  return link(uri, mimeType);
}

function link(uri: string, mimeType: string): ContentBlock {
  return { type: 'resource_link', uri, name: uri.slice('goxel://'.length), mimeType };
}

/** Members of an error's data that help to mend a call, with the words before them. */
const HELP: readonly [member: string, words: string][] = [
  ['hint', 'Hint:'],
  ['available', 'There are:'],
  ['suggestions', 'Near:'],
  ['changes', 'Changes since then:'],
];

/** An error of a method as the answer of a tool: what is wrong, and the way out. */
export function toErrorResult({ message, kind, data }: BackendError): CallToolResult {
  const lines = [`${message} (${kind})`];
  for (const [member, words] of HELP) {
    const value = data[member];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    lines.push(`${words} ${text.slice(0, 2000)}`);
  }
  return { content: [{ type: 'text', text: lines.join('\n') }], isError: true };
}
