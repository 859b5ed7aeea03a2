import { z } from 'zod';
import { actionTool } from '../action-tool.js';
import { Facts } from '../tool.js';

export const projectTool = actionTool({
  name: 'goxel_project',
  title: 'Projects',
  description: `Start here: see what is open (info), begin (new), open or save a .gox or .vox file, switch between open projects. Z is up; coordinates are integers of any sign. A new project opens beside the others.
Example: {"action":"new","name":"Castle","size":[64,64,64]}`,
  actions: {
    info: 'goxel.get_project_info',
    new: 'goxel.create_project',
    open: 'goxel.load_project',
    save: 'goxel.save_project',
    list: 'goxel.list_projects',
    switch: 'goxel.set_active_project',
    close: 'goxel.close_project',
  },
  params: {
    name: z.string().optional(),
    size: z.array(z.number()).optional().describe('new: the box that is framed and exported.'),
    path: z.string().optional().describe('open, save. Save without it: the same file again.'),
    discard_changes: z.boolean().optional().describe('close: drop unsaved work.'),
  },
  implied: { new: { new: true, set_active: true }, open: { new: true, set_active: true } },
  output: Facts,
});
