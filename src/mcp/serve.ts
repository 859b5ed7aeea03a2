import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { AttachedBackend, type Attachment } from './attached.js';
import { McpFront } from './front.js';

/** How the server on standard input and output is run. */
export interface ServeOptions {
  /** Finds or starts a daemon. */
  readonly attach: () => Promise<Attachment>;
  readonly version: string;
  readonly listsOriginalTools: boolean;
}

/** Serves the Model Context Protocol on standard input and output until the input ends. */
export async function serve({ attach, version, listsOriginalTools }: ServeOptions): Promise<void> {
  const backend = new AttachedBackend(attach);
  // The first call should not wait for it; what is wrong is told to whoever calls.
  void backend.about().then(
    (about) => process.stderr.write(`goxel-mcp: ${JSON.stringify(about)}\n`),
    (error: Error) => process.stderr.write(`goxel-mcp: ${error.message}\n`),
  );
  const front = new McpFront({ backend, version, listsOriginalTools });
  const ended = new Promise<void>((resolve) => {
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
  });
  const handle = serveStdio(front.server, {
    onerror: (error) => process.stderr.write(`goxel-mcp: ${error.message}\n`),
  });
  await ended;
  await handle.close();
  await backend.close();
}
