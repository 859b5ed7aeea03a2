import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

export const mcpProgram = fileURLToPath(new URL('../../bin/goxel-mcp', import.meta.url));

type Content = readonly {
  readonly type: string;
  readonly text?: string;
  readonly data?: string;
  readonly uri?: string;
}[];

/** What a tool answered, as tests look at it. */
export interface ToolAnswer {
  readonly isError: boolean;
  readonly text: string;
  readonly facts: Record<string, unknown>;
  readonly content: Content;
}

/** A host: the official client over the program's standard input and output, or over HTTP. */
export class TestHost {
  readonly client: Client;
  stderr = '';

  private constructor(client: Client) {
    this.client = client;
  }

  /** Starts a server program. */
  static async stdio(
    env: Record<string, string>,
    options: { command?: string; args?: readonly string[]; modern?: boolean; cwd?: string } = {},
  ): Promise<TestHost> {
    const host = new TestHost(newClient(options.modern ?? false));
    const { command = process.execPath, args = [mcpProgram] } = options;
    const transport = new StdioClientTransport({
      command,
      args: [...args],
      env: { ...(process.env as Record<string, string>), ...env },
      stderr: 'pipe',
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    transport.stderr?.on('data', (part: Buffer) => {
      host.stderr += part.toString();
    });
    await host.client.connect(transport);
    return host;
  }

  static async http(url: string, token: string, options: { modern?: boolean } = {}) {
    const host = new TestHost(newClient(options.modern ?? false));
    const headers = { authorization: `Bearer ${token}` };
    await host.client.connect(
      new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }),
    );
    return host;
  }

  async call(name: string, args: Record<string, unknown> = {}): Promise<ToolAnswer> {
    const result = await this.client.callTool({ name, arguments: args });
    const content = result.content as Content;
    return {
      isError: result.isError === true,
      text: content
        .filter(({ type }) => type === 'text')
        .map(({ text }) => text)
        .join('\n'),
      facts: (result.structuredContent ?? {}) as Record<string, unknown>,
      content,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}

function newClient(modern: boolean): Client {
  return new Client(
    { name: 'test', version: '1' },
    modern ? { versionNegotiation: { mode: 'auto' } } : {},
  );
}
