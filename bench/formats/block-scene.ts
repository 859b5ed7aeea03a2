import { rgba, Volume } from 'goxel-daemon/engine';

/**
 * 8000 different blocks, of the kinds that models have: hills of a few colours (60 %), painted surfaces of hundreds of
 * colours (30 %), noise (10 %).
 */
export function blockScene(): Volume {
  const volume = new Volume();
  const cells = new Uint32Array(4096);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let n = 0; n < 8000; n++) {
    const kind = n % 10;
    const phase = n * 0.37;
    for (let i = 0; i < 4096; i++) {
      const [x, y, z] = [i & 15, (i >> 4) & 15, i >> 8];
      const height = 8 + 4 * Math.sin(x * 0.4 + phase) + 4 * Math.cos(y * 0.3 + phase);
      if (z > height) cells[i] = 0;
      else if (kind < 6) cells[i] = EARTH[Math.floor(random() * 2) + (z > height - 2 ? 2 : 0)]!;
      else if (kind < 9) cells[i] = rgba(x * 9 + z * 3, y * 11, z * 13 + (n & 7));
      else cells[i] = rgba(random() * 256, random() * 256, random() * 256);
    }
    volume.writeBlock(n % 20, Math.floor(n / 20) % 20, Math.floor(n / 400), cells);
  }
  return volume;
}

const EARTH = [rgba(96, 64, 32), rgba(88, 60, 30), rgba(40, 150, 40), rgba(60, 170, 50)];

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** Medians of alternating rounds, in milliseconds, after one round to warm up. */
export function alternate(rounds: number, cases: Readonly<Record<string, () => void>>) {
  const times = new Map(Object.keys(cases).map((name) => [name, [] as number[]]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const start = performance.now();
      run();
      if (round >= 0) times.get(name)!.push(performance.now() - start);
    }
  }
  return new Map([...times].map(([name, values]) => [name, median(values)]));
}
