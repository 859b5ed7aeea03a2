import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyEdits, modify, type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { writeWhole } from './model-file.js';

/** Where a client keeps its servers, and under which key. */
interface McpClient {
  readonly title: string;
  readonly key: 'mcpServers' | 'servers';
  /** Whether its entries name the transport. */
  readonly saysType: boolean;
  readonly file: () => string;
}

export const MCP_CLIENTS: Readonly<Record<string, McpClient>> = {
  'claude-desktop': {
    title: 'Claude Desktop',
    key: 'mcpServers',
    saysType: false,
    file: () => join(applicationFolder(), 'Claude', 'claude_desktop_config.json'),
  },
  'claude-code': {
    title: 'Claude Code, in this folder',
    key: 'mcpServers',
    saysType: true,
    file: () => '.mcp.json',
  },
  cursor: {
    title: 'Cursor',
    key: 'mcpServers',
    saysType: false,
    file: () => join(homedir(), '.cursor', 'mcp.json'),
  },
  vscode: {
    title: 'VS Code, in this folder',
    key: 'servers',
    saysType: true,
    file: () => join('.vscode', 'mcp.json'),
  },
};

const FORMAT = { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } };
const SERVER = 'goxel';

export interface InstallOptions {
  /** Print what would be written. */
  readonly print?: boolean;
  /** Another file than the client's usual one. */
  readonly file?: string;
  readonly socket?: string;
}

/**
 * Puts the MCP server into the configuration of a client; everything else in the file stays, comments too.
 *
 * @throws Error for a client that is not known and for a file that is no JSON.
 */
export function installMcp(name: string, { print, file, socket }: InstallOptions): number {
  const client = MCP_CLIENTS[name];
  if (!client) {
    throw new Error(`no client is called ${name}; known: ${Object.keys(MCP_CLIENTS).join(', ')}`);
  }
  const path = file ?? client.file();
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const after = withServer(before.trim() === '' ? '{}\n' : before, path, client, socket);
  if (print) {
    process.stdout.write(after);
    return 0;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeWhole(path, after);
  process.stderr.write(`goxel: ${path} has the server ${SERVER} now; restart ${client.title}\n`);
  return 0;
}

function withServer(
  text: string,
  path: string,
  { key, saysType }: McpClient,
  socket: string | undefined,
): string {
  const errors: ParseError[] = [];
  parse(text, errors, { allowTrailingComma: true });
  if (errors[0]) {
    throw new Error(
      `${path} is not JSON (${printParseErrorCode(errors[0].error)} at offset ${errors[0].offset}); mend it first`,
    );
  }
  const server = {
    ...(saysType ? { type: 'stdio' } : {}),
    // Clients often have another PATH than the shell, so both are absolute.
    command: process.execPath,
    args: [serverProgram()],
    ...(socket === undefined ? {} : { env: { GOXEL_SOCKET_PATH: socket } }),
  };
  return applyEdits(text, modify(text, [key, SERVER], server, FORMAT));
}

/** Runs the MCP server on standard input and output; resolves with its exit code. */
export function runMcp(args: readonly string[]): Promise<number> {
  const program = serverProgram();
  if (!existsSync(program)) throw new Error(`${program} is missing: install goxel-daemon again`);
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function serverProgram(): string {
  return fileURLToPath(new URL('../../bin/goxel-mcp', import.meta.url));
}

function applicationFolder(): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  if (process.platform === 'win32')
    return process.env.APPDATA ?? join(homedir(), 'AppData', 'Roaming');
  return process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config');
}
