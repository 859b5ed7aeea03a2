import type { Task } from '../task.js';
import { buildings } from './buildings.js';
import { forms } from './forms.js';
import { scenes } from './scenes.js';
import { things } from './things.js';

/** Every task, from simple to rich. */
export const TASKS: readonly Task[] = [...forms, ...things, ...buildings, ...scenes];
