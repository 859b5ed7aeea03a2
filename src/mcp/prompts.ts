import { type GetPromptResult, type Prompt, ProtocolError } from '@modelcontextprotocol/server';

const INVALID_PARAMS = -32602;

interface PromptKind {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly args: readonly {
    readonly name: string;
    readonly description: string;
    readonly required?: true;
    /** Values to choose from; others are allowed. */
    readonly values?: readonly string[];
  }[];
  readonly text: (args: Readonly<Record<string, string>>) => string;
}

const PROMPTS: readonly PromptKind[] = [
  {
    name: 'build-model',
    title: 'Build a model from a description',
    description: 'Plan, block out, refine, look, correct, save.',
    args: [
      { name: 'subject', description: 'What to build.', required: true },
      {
        name: 'size',
        description: 'About how many voxels wide.',
        values: ['16', '32', '64', '128'],
      },
      {
        name: 'style',
        description: 'How it should look.',
        values: ['realistic', 'cute', 'blocky', 'fantasy', 'sci-fi'],
      },
      { name: 'path', description: 'Where to save it.' },
    ],
    text: ({ subject, size, style, path }) =>
      `Build a voxel model: ${subject}.${size ? ` About ${size} voxels wide.` : ''}${style ? ` Style: ${style}.` : ''}
Read goxel://docs/build and goxel://docs/voxel-art first. Then:
1. Begin a project (goxel_project new). Choose 5 to 9 colours.
2. Block out the large masses with one goxel_build call, every part named, with look: true. Check the silhouette from the front and the side.
3. Add the middle parts, then details and accents, a layer for each group; look after each step and correct what you see.
4. goxel_measure summary: mend floating pieces and wrong sizes.
5. ${path ? `Save to ${path}.` : 'Save it.'} Tell what you built, its size and colours, and show a last look.`,
  },
  {
    name: 'review-model',
    title: 'Review and improve a model',
    description: 'Look from all sides, measure, list faults, mend them.',
    args: [
      {
        name: 'focus',
        description: 'What to look at most.',
        values: ['shape', 'colour', 'detail', 'symmetry'],
      },
    ],
    text: ({ focus }) => `Review the active voxel project${focus ? `, above all its ${focus}` : ''}.
Look from the front, right, back, top and iso (goxel_look), take one section through the middle, and goxel_measure summary. List the faults that you see or measure, worst first: silhouette, proportions,
floating or thin pieces, noise of colours, flat surfaces without shading, broken symmetry. Set a checkpoint, mend the worst three, compare with the checkpoint (goxel_look compare), and keep what is better.`,
  },
  {
    name: 'prepare-for-game-engine',
    title: 'Prepare for a game engine',
    description: 'Clean, measure and export a model as a game asset.',
    args: [
      {
        name: 'engine',
        description: 'Which one.',
        values: ['Unity', 'Unreal', 'Godot', 'three.js'],
      },
      { name: 'path', description: 'Where to write.' },
    ],
    text: ({
      engine,
      path,
    }) => `Prepare the active voxel project as an asset${engine ? ` for ${engine}` : ''}.
goxel_measure summary: remove floating pieces and enclosed voids that nobody sees, mend thin walls. Reduce the colours to a palette (goxel_call quantize_colors, at most 64). Move it so that it stands on z = 0 with its centre at x = y = 0.
See which formats can be written (goxel_files formats) and export the best one for meshes, else .vox${path ? `, to ${path}` : ''}. Report size in voxels, colours, parts, and what the format could not keep.`,
  },
  {
    name: 'convert-folder',
    title: 'Convert a folder',
    description: 'Open each file of a folder and write it in another format.',
    args: [
      { name: 'folder', description: 'With the files.', required: true },
      { name: 'format', description: 'To write.', required: true, values: ['gox', 'vox'] },
    ],
    text: ({ folder, format }) => `Convert the voxel files in ${folder} to .${format}.
List them, then for each: goxel_project open, goxel_files export to the same name with .${format} beside it, goxel_project close with discard_changes. Collect the warnings of both calls. At the end a table: file, voxels, layers, what was lost.`,
  },
];

export function listPrompts(): Prompt[] {
  return PROMPTS.map(({ name, title, description, args }) => ({
    name,
    title,
    description,
    arguments: args.map((arg) => ({
      name: arg.name,
      description: arg.description,
      required: arg.required ?? false,
    })),
  }));
}

/** @throws ProtocolError when there is no such prompt, or a required argument is missing. */
export function getPrompt(name: string, args: Readonly<Record<string, string>>): GetPromptResult {
  const prompt = PROMPTS.find((known) => known.name === name);
  if (!prompt) {
    const names = PROMPTS.map((known) => known.name).join(', ');
    throw new ProtocolError(INVALID_PARAMS, `Unknown prompt ${name}; there is ${names}`);
  }
  const missing = prompt.args.find((arg) => arg.required && !args[arg.name]);
  if (missing) {
    throw new ProtocolError(
      INVALID_PARAMS,
      `The prompt ${name} needs the argument ${missing.name}`,
    );
  }
  return {
    description: prompt.description,
    messages: [{ role: 'user', content: { type: 'text', text: prompt.text(args) } }],
  };
}

/** Values of an argument, for what has been typed of it. */
export function completeArgument(name: string, argument: string, typed: string): string[] {
  const arg = PROMPTS.find((known) => known.name === name)?.args.find((a) => a.name === argument);
  return (arg?.values ?? []).filter((value) => value.toLowerCase().startsWith(typed.toLowerCase()));
}
