import type { Model } from './model.js';

/** What is wrong with a model, in words; false for what is right. */
export type Grader = (model: Model) => readonly (string | false)[];

export interface Task {
  readonly id: string;
  /** What an agent is asked. Everything that is graded is said. */
  readonly text: string;
  readonly grade: Grader;
  /** The recorded solution with `goxel.build`: the params of each call. */
  readonly build: readonly object[];
  /** The recorded solution with `goxel.execute_script`. */
  readonly run: string;
}

export function failuresOf(task: Task, model: Model): string[] {
  return task.grade(model).filter((failure) => failure !== false);
}

/** A sentence unless it is true. */
export function must(isTrue: boolean, sentence: string): string | false {
  return !isTrue && sentence;
}

export function sized(model: Model, ...size: [number, number, number]): string | false {
  return must(
    model.size.join() === size.join(),
    `is ${model.size.join('×')}, not ${size.join('×')}`,
  );
}

/** Between two numbers. */
export function within(what: string, value: number, low: number, high = low): string | false {
  return must(
    value >= low && value <= high,
    `${what}: ${value}, not ${low === high ? low : `${low} to ${high}`}`,
  );
}

/** What an agent that writes scripts would begin with. */
export const BOX = 'const box=(x,y,z,w,d,h,c)=>volume.fillBox([x,y,z],[x+w-1,y+d-1,z+h-1],c);';
