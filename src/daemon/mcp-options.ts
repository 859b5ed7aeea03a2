import type { Config } from './config/index.js';
import type { Dispatcher } from './dispatch.js';
import type { McpDoorOptions } from './transports/mcp-door.js';
import { VERSION } from './version.js';
import type { OpenProject, Workspace } from './workspace.js';

/** What `/mcp` works with; null when it is switched off. */
export function mcpOptions(
  config: Config,
  workspace: Workspace,
  dispatcher: () => Dispatcher,
  maxRequestBytes: () => number,
): McpDoorOptions | null {
  if (!config['mcp_integration.enabled']) return null;
  return {
    front: async (backend) => {
      // Loaded when asked for, with the library behind it.
      const { McpFront } = await import('../mcp/index.js');
      const listsOriginalTools = config['mcp_integration.tools'] === 'full';
      return new McpFront({ backend, version: VERSION, listsOriginalTools });
    },
    dispatcher,
    maxRequestBytes,
    watch: (listener) => {
      const told = (open: OpenProject) => listener(open.id);
      workspace.on('change', told);
      return () => workspace.off('change', told);
    },
  };
}
