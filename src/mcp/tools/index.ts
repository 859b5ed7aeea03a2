import type { Tool } from '../tool.js';
import { buildTool } from './build.js';
import { callTool } from './call.js';
import { editTool } from './edit.js';
import { filesTool } from './files.js';
import { historyTool } from './history.js';
import { layersTool } from './layers.js';
import { lookTool } from './look.js';
import { measureTool } from './measure.js';
import { projectTool } from './project.js';
import { renderTool } from './render.js';
import { runTool } from './run.js';
import { styleTool } from './style.js';

/** The tools, in the order in which they are listed: that of the work. */
export const TOOLS: readonly Tool[] = [
  projectTool,
  buildTool,
  editTool,
  runTool,
  lookTool,
  measureTool,
  layersTool,
  styleTool,
  historyTool,
  renderTool,
  filesTool,
  callTool,
];
