/** The steps of a self-test, printed as they are done: `ok 1 - …`. */
export class Steps {
  #count = 0;
  #failed = 0;

  /** Runs a step; it passes when it does not throw. */
  async step(name: string, run: () => unknown): Promise<void> {
    this.#count++;
    try {
      await run();
      process.stdout.write(`ok ${this.#count} - ${name}\n`);
    } catch (error) {
      this.#failed++;
      process.stdout.write(`not ok ${this.#count} - ${name}\n  # ${(error as Error).message}\n`);
    }
  }

  /** Prints the plan; 0 when all steps passed. */
  finish(): number {
    process.stdout.write(
      `1..${this.#count}\n# ${this.#count - this.#failed} passed, ${this.#failed} failed\n`,
    );
    return this.#failed === 0 ? 0 : 1;
  }
}

/** Fails a step. */
export function expect(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}
