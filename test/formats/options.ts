import { z } from 'zod';
import type { VoxelFormat } from '../../src/formats/index.js';

/** Every combination of the writer options of a format: both booleans, all words, the ends of ranges. */
export function optionCombinations(format: VoxelFormat): Record<string, unknown>[] {
  let combinations: Record<string, unknown>[] = [{}];
  for (const [key, schema] of Object.entries(format.options.shape)) {
    combinations = combinations.flatMap((options) =>
      valuesOf(schema as z.ZodType).map((value) => ({ ...options, [key]: value })),
    );
  }
  return combinations.map((options) => format.options.parse(options));
}

function valuesOf(schema: z.ZodType): unknown[] {
  if (schema instanceof z.ZodDefault) {
    const inner = valuesOf(schema.unwrap() as z.ZodType);
    return inner.length > 0 ? inner : [schema.parse(undefined)];
  }
  if (schema instanceof z.ZodBoolean) return [true, false];
  if (schema instanceof z.ZodEnum) return schema.options;
  if (schema instanceof z.ZodNumber) {
    return [schema.minValue, schema.maxValue].filter((end) => Number.isSafeInteger(end));
  }
  return [];
}
