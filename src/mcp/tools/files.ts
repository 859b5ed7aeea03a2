import { z } from 'zod';
import { actionTool } from '../action-tool.js';
import { Facts } from '../tool.js';

export const filesTool = actionTool({
  name: 'goxel_files',
  title: 'Import and export',
  description: `Bring a model or a PNG into the project as new layers, or write the project in another format. Paths must lie in the folders that the daemon may use; relative ones start at its working folder.
Example: {"action":"export","path":"castle.vox"} or {"action":"import_image","path":"map.png","mode":"heightmap"}`,
  actions: {
    formats: 'goxel.list_formats',
    export: 'goxel.export_model',
    import: 'goxel.import_model',
    import_image: 'goxel.import_image',
  },
  params: { path: z.string().optional(), format: z.string().optional() },
  output: Facts,
});
