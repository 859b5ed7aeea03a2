import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  inputRequired,
  McpServer,
  ResourceTemplate,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

/*
 * The server that the official conformance suite wants to meet: its tools, resources and prompts have names and answers that the suite prescribes. It is
 * served through our own door, which is what the suite judges.
 */

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';

const state = createRequestStateCodec<{ step: number }>({
  key: 'a key of the tests, of 32 bytes and more',
});

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

/** A form with one field. */
const ask = (message: string, field: string, type: 'string' | 'boolean' = 'string') =>
  inputRequired.elicit({
    message,
    requestedSchema: {
      type: 'object',
      properties: { [field]: { type } as { type: 'string' } },
      required: [field],
    },
  });

const sample = (question: string, maxTokens = 100) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: question } }],
    maxTokens,
  });

/** A fresh server, for each request or session. */
export function fixtureServer(): McpServer {
  const server = new McpServer(
    { name: 'fixtures', version: '1.0.0' },
    {
      capabilities: {
        tools: {},
        resources: { subscribe: true },
        prompts: {},
        completions: {},
        logging: {},
      },
      requestState: { verify: state.verify },
    },
  );
  addContentTools(server);
  addTalkingTools(server);
  addAskingTools(server);
  addResources(server);
  addPrompts(server);
  server.server.setRequestHandler('resources/subscribe', () => ({}));
  server.server.setRequestHandler('resources/unsubscribe', () => ({}));
  server.server.setRequestHandler('completion/complete', () => ({
    completion: { values: ['paris', 'park', 'party'], total: 3, hasMore: false },
  }));
  return server;
}

function addContentTools(server: McpServer): void {
  const add = (name: string, answer: () => never | object) =>
    server.registerTool(name, { description: name }, async () => answer() as never);
  add('test_simple_text', () => text('This is a simple text response for testing.'));
  add('test_image_content', () => ({
    content: [{ type: 'image', data: PNG, mimeType: 'image/png' }],
  }));
  add('test_audio_content', () => ({
    content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }],
  }));
  add('test_embedded_resource', () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  }));
  add('test_multiple_content_types', () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      { type: 'image', data: PNG, mimeType: 'image/png' },
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      },
    ],
  }));
  add('test_error_handling', () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
}

function addTalkingTools(server: McpServer): void {
  const log = (name: string) =>
    server.registerTool(name, { description: name }, async ({ mcpReq }) => {
      for (const line of [
        'Tool execution started',
        'Tool processing data',
        'Tool execution completed',
      ]) {
        await mcpReq.log('info', line);
        await pause();
      }
      return text('done');
    });
  log('test_tool_with_logging');
  log('test_logging_tool');
  server.registerTool('test_tool_with_progress', { description: 'Progress' }, async (ctx) => {
    await progress(ctx);
    return text('done');
  });
  server.registerTool('test_streaming_elicitation', { description: 'Streams' }, async (ctx) => {
    const answer = acceptedContent<{ name: string }>(ctx.mcpReq.inputResponses, 'user_name');
    if (answer) return text(`Hello, ${answer.name}!`);
    await progress(ctx);
    return inputRequired({ inputRequests: { user_name: ask('What is your name?', 'name') } });
  });
  server.registerTool('test_missing_capability', { description: 'Needs sampling' }, async () =>
    inputRequired({ inputRequests: { question: sample('?') } }),
  );
  server.registerTool(
    'test_sampling',
    { description: 'Samples', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const { content } = await mcpReq.requestSampling({
        messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
        maxTokens: 100,
      });
      return text(`LLM response: ${'text' in content ? content.text : ''}`);
    },
  );
  addElicitations(server);
}

async function progress({ mcpReq }: ServerContext): Promise<void> {
  const progressToken = mcpReq._meta?.progressToken;
  for (const done of [0, 50, 100]) {
    if (progressToken !== undefined) {
      const params = { progressToken, progress: done, total: 100 };
      await mcpReq.notify({ method: 'notifications/progress', params });
    }
    await pause();
  }
}

function addElicitations(server: McpServer): void {
  server.registerTool(
    'test_elicitation',
    { description: 'Asks', inputSchema: z.object({ message: z.string() }) },
    async ({ message }, { mcpReq }) => {
      const { action, content } = await mcpReq.elicitInput({
        message,
        requestedSchema: {
          type: 'object',
          properties: {
            username: { type: 'string', description: "User's response" },
            email: { type: 'string', description: "User's email address" },
          },
          required: ['username', 'email'],
        },
      });
      return text(`User response: action: ${action}, content: ${JSON.stringify(content)}`);
    },
  );
  const elicit = (name: string, properties: object) =>
    server.registerTool(name, { description: name }, async ({ mcpReq }) => {
      const { action, content } = await mcpReq.elicitInput({
        message: 'Please fill in',
        requestedSchema: { type: 'object', properties: properties as never },
      });
      return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content)}`);
    });
  elicit('test_elicitation_sep1034_defaults', {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  });
  const options = ['option1', 'option2', 'option3'];
  const titled = ['First', 'Second', 'Third'].map((word, i) => ({
    const: `value${i + 1}`,
    title: `${word} Option`,
  }));
  elicit('test_elicitation_sep1330_enums', {
    untitledSingle: { type: 'string', enum: options },
    titledSingle: { type: 'string', oneOf: titled },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
    titledMulti: { type: 'array', items: { anyOf: titled } },
  });
}

function addAskingTools(server: McpServer): void {
  const add = (name: string, run: (ctx: ServerContext) => Promise<unknown>) =>
    server.registerTool(name, { description: name }, async (ctx) => (await run(ctx)) as never);
  const name = 'test_input_required_result';
  const userName = ask('What is your name?', 'name');

  add(`${name}_elicitation`, async ({ mcpReq }) => {
    const answer = acceptedContent(
      mcpReq.inputResponses,
      'user_name',
      z.object({ name: z.string() }),
    );
    return answer
      ? text(`Hello, ${answer.name}!`)
      : inputRequired({ inputRequests: { user_name: userName } });
  });
  add(`${name}_sampling`, async ({ mcpReq }) => {
    const answer = mcpReq.inputResponses?.capital_question;
    return answer
      ? text(JSON.stringify(answer))
      : inputRequired({
          inputRequests: { capital_question: sample('What is the capital of France?') },
        });
  });
  add(`${name}_list_roots`, async ({ mcpReq }) => {
    const answer = mcpReq.inputResponses?.client_roots;
    return answer
      ? text(JSON.stringify(answer))
      : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
  for (const stateful of ['request_state', 'tampered_state']) {
    add(`${name}_${stateful}`, async (ctx) =>
      ctx.mcpReq.requestState() && ctx.mcpReq.inputResponses?.confirm
        ? text('state-ok')
        : inputRequired({
            inputRequests: { confirm: ask('Please confirm', 'ok', 'boolean') },
            requestState: await state.mint({ step: 1 }),
          }),
    );
  }
  add(`${name}_multiple_inputs`, async ({ mcpReq }) => {
    const { user_name, greeting, client_roots } = mcpReq.inputResponses ?? {};
    return user_name && greeting && client_roots
      ? text('all there')
      : inputRequired({
          inputRequests: {
            user_name: userName,
            greeting: sample('Generate a greeting', 50),
            client_roots: inputRequired.listRoots(),
          },
          requestState: await state.mint({ step: 1 }),
        });
  });
  add(`${name}_multi_round`, async ({ mcpReq }) => {
    const step = mcpReq.requestState<{ step: number }>()?.step ?? 0;
    if (step === 2 && mcpReq.inputResponses?.step2) return text('all rounds done');
    const next = step === 1 && mcpReq.inputResponses?.step1 ? 2 : 1;
    const question =
      next === 1
        ? { step1: ask('Step 1: What is your name?', 'name') }
        : { step2: ask('Step 2: What is your favorite color?', 'color') };
    return inputRequired({
      inputRequests: question,
      requestState: await state.mint({ step: next }),
    });
  });
  add(`${name}_capabilities`, async ({ mcpReq }) => {
    const envelope = mcpReq.envelope as Record<string, object> | undefined;
    const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? {};
    if (mcpReq.inputResponses) return text('thanks');
    return inputRequired({
      inputRequests: {
        ...('sampling' in declared ? { question: sample('What is the capital of France?') } : {}),
        ...('elicitation' in declared ? { user_name: userName } : {}),
      },
    });
  });
}

function addResources(server: McpServer): void {
  server.registerResource(
    'static-text',
    'test://static-text',
    { description: 'A text', mimeType: 'text/plain' },
    async () => ({
      contents: [
        {
          uri: 'test://static-text',
          mimeType: 'text/plain',
          text: 'This is the content of the static text resource.',
        },
      ],
    }),
  );
  server.registerResource(
    'static-binary',
    'test://static-binary',
    { description: 'A picture', mimeType: 'image/png' },
    async () => ({
      contents: [{ uri: 'test://static-binary', mimeType: 'image/png', blob: PNG }],
    }),
  );
  server.registerResource(
    'watched',
    'test://watched-resource',
    { description: 'Watched', mimeType: 'text/plain' },
    async () => ({
      contents: [{ uri: 'test://watched-resource', mimeType: 'text/plain', text: 'watched' }],
    }),
  );
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { description: 'By id', mimeType: 'application/json' },
    async (uri, { id }) => ({
      contents: [
        {
          uri: uri.href,
          mimeType: 'application/json',
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
        },
      ],
    }),
  );
}

function addPrompts(server: McpServer): void {
  const user = (content: object) => ({ role: 'user' as const, content: content as never });
  const say = (value: string) => user({ type: 'text', text: value });
  server.registerPrompt('test_simple_prompt', { description: 'Simple' }, () => ({
    messages: [say('This is a simple prompt for testing.')],
  }));
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'With arguments',
      argsSchema: z.object({ arg1: z.string(), arg2: z.string() }),
    },
    ({ arg1, arg2 }) => ({
      messages: [say(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
    }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'With a resource', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) => ({
      messages: [
        user({
          type: 'resource',
          resource: {
            uri: resourceUri,
            mimeType: 'text/plain',
            text: 'Embedded resource content for testing.',
          },
        }),
        say('Please process the embedded resource above.'),
      ],
    }),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'With a picture' }, () => ({
    messages: [
      user({ type: 'image', data: PNG, mimeType: 'image/png' }),
      say('Please analyze the image above.'),
    ],
  }));
  server.registerPrompt('test_input_required_result_prompt', { description: 'Asks' }, (ctx) => {
    const answer = acceptedContent<{ context: string }>(ctx.mcpReq.inputResponses, 'user_context');
    return answer
      ? { messages: [say(`Context: ${answer.context}`)] }
      : inputRequired({
          inputRequests: { user_context: ask('What context should the prompt use?', 'context') },
        });
  });
}
