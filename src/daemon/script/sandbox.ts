import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { getRawAsset, isSea } from 'node:sea';
import type {
  QuickJSContext,
  QuickJSHandle,
  QuickJSRuntime,
  QuickJSSyncVariant,
  QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import { GoxelError } from '../../base/index.js';
import type { Project } from '../../engine/index.js';
import { PRELUDE } from './prelude.js';
import { ScriptWorld } from './world.js';

export interface ScriptRequest {
  readonly code: string;
  /** Shown in stacks. */
  readonly name: string;
  /** The global `args`. */
  readonly args: unknown;
  /** Of `Math.random` and `noise`. */
  readonly seed: number;
  readonly timeoutMs: number;
  readonly memoryBytes: number;
  readonly maxVoxels: number;
}

export interface ScriptError {
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
  /** Frames of the script. */
  readonly stack: readonly string[];
  readonly kind: 'error' | 'timeout' | 'limit_exceeded';
}

export interface ScriptOutcome {
  /** As it was when the script failed. */
  readonly project: Project;
  /** JSON of the value of its last expression. */
  readonly resultJson: string;
  readonly logs: readonly { readonly level: string; readonly text: string }[];
  readonly error: ScriptError | null;
}

/** The part of a thread's stack that its sandbox may use: with an eighth the thread's own ran out first, which no limit would catch. */
const STACK_SHARE = 1 / 32;
const OUTPUT_CHARACTERS_MAX = 256 * 1024;
const RESULT_CHARACTERS_MAX = 16 * 1024 * 1024;

let loading: Promise<Sandbox> | null = null;

/**
 * The sandbox of this thread, loaded when it is asked for first: about 20 ms.
 *
 * @param threadStackBytes - Stack of the thread.
 */
export function loadSandbox(threadStackBytes: number): Promise<Sandbox> {
  loading ??= load(Math.round(threadStackBytes * STACK_SHARE));
  return loading;
}

async function load(stackBytes: number): Promise<Sandbox> {
  const [core, loaded] = await Promise.all([
    import('quickjs-emscripten-core'),
    import('@jitl/quickjs-wasmfile-release-sync'),
  ]);
  const base = loaded.default as unknown as QuickJSSyncVariant;
  const wasmBinary = wasmBytes();
  const make = () => core.newQuickJSWASMModuleFromVariant(core.newVariant(base, { wasmBinary }));
  return new Sandbox(core, await make(), make, stackBytes);
}

/** Packed into the executable, or in the package. */
function wasmBytes(): ArrayBuffer {
  if (isSea()) return getRawAsset('quickjs.wasm') as ArrayBuffer;
  const path = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
  const bytes = readFileSync(path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

type Core = typeof import('quickjs-emscripten-core');

/**
 * Runs scripts of strangers: QuickJS in WebAssembly, a runtime of its own for each, without files, network, clock or real randomness; bounded in
 * time, memory, stack, voxels and output. A script that fails has changed nothing.
 */
export class Sandbox {
  readonly #core: Core;
  readonly #make: () => Promise<QuickJSWASMModule>;
  #module: QuickJSWASMModule;

  readonly #stackBytes: number;

  constructor(
    core: Core,
    module: QuickJSWASMModule,
    make: () => Promise<QuickJSWASMModule>,
    stackBytes: number,
  ) {
    this.#stackBytes = stackBytes;
    this.#core = core;
    this.#module = module;
    this.#make = make;
  }

  async run(before: Project, request: ScriptRequest): Promise<ScriptOutcome> {
    const runtime = this.#module.newRuntime();
    runtime.setMemoryLimit(request.memoryBytes);
    runtime.setMaxStackSize(this.#stackBytes);
    const deadline = Date.now() + request.timeoutMs;
    runtime.setInterruptHandler(this.#core.shouldInterruptAfterDeadline(deadline));
    const run = new Run(before, request, deadline);
    try {
      const vm = runtime.newContext({
        intrinsics: { ...this.#core.DefaultIntrinsics, Date: false } as never,
      });
      const outcome = run.evaluate(runtime, vm);
      vm.dispose();
      runtime.dispose();
      return outcome;
    } catch (error) {
      // What an aborted instance holds is not known; nobody uses it any more.
      this.#module = await this.#make();
      return run.failed({
        name: 'InternalError',
        message: `the sandbox gave up: ${error instanceof Error ? error.message : error}`,
        stack: '',
      });
    }
  }
}

/** The message of the sandbox when its time is over. */
const INTERRUPTED = 'interrupted';

/** What a script threw, as the sandbox shows it. */
interface Thrown {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
}

/** One script, once. */
class Run {
  readonly #before: Project;
  readonly #request: ScriptRequest;
  readonly #deadline: number;
  readonly #world: ScriptWorld;
  readonly #logs: { level: string; text: string }[] = [];
  #output = 0;
  /** What the host refused last: the script may have caught it. */
  #refusal: GoxelError | null = null;

  constructor(before: Project, request: ScriptRequest, deadline: number) {
    this.#before = before;
    this.#request = request;
    this.#deadline = deadline;
    this.#world = new ScriptWorld(before, request.maxVoxels);
  }

  evaluate(runtime: QuickJSRuntime, vm: QuickJSContext): ScriptOutcome {
    const { code, name } = this.#request;
    const started = this.#start(vm);
    if ('error' in started) return this.failed(started.error);
    const { finish } = started;
    try {
      const evaluated = vm.evalCode(code, name);
      if (evaluated.error) return this.failed(dump(vm, evaluated.error));
      const pending = runtime.executePendingJobs();
      if (pending.error) {
        evaluated.value.dispose();
        return this.failed(dump(vm, pending.error));
      }
      if (Date.now() >= this.#deadline) {
        evaluated.value.dispose();
        return this.failed({ message: INTERRUPTED });
      }
      const settled = settle(vm, evaluated.value);
      if ('error' in settled) return this.failed(settled.error);
      const finished = vm.callFunction(finish, vm.undefined, settled.value);
      settled.value.dispose();
      if (finished.error) return this.failed(dump(vm, finished.error));
      const resultJson = vm.getString(finished.value);
      finished.value.dispose();
      if (resultJson.length > RESULT_CHARACTERS_MAX) {
        return this.failed({
          name: 'RangeError',
          message: `the result has ${resultJson.length} characters of JSON, at most ${RESULT_CHARACTERS_MAX} are answered`,
        });
      }
      return { project: this.#world.project, resultJson, logs: this.#logs, error: null };
    } finally {
      finish.dispose();
    }
  }

  failed({ name, message, stack }: Thrown): ScriptOutcome {
    const text = typeof message === 'string' ? message : String(name ?? 'error');
    const frames = framesOf(stack, this.#request.name);
    const place = /:(\d+)(?::(\d+))?\)?$/.exec(frames[0] ?? '');
    const isTimeout =
      (text === INTERRUPTED || this.#refusal?.code === 'timeout') && Date.now() >= this.#deadline;
    const error: ScriptError = {
      message: isTimeout
        ? `the script ran longer than ${this.#request.timeoutMs} ms`
        : `${typeof name === 'string' ? name : 'Error'}: ${text}`.slice(0, 2000),
      line: place ? Number(place[1]) : null,
      column: place?.[2] ? Number(place[2]) : null,
      stack: frames,
      kind: isTimeout
        ? 'timeout'
        : this.#refusal?.code === 'limit_exceeded' || text === 'out of memory'
          ? 'limit_exceeded'
          : 'error',
    };
    return { project: this.#before, resultJson: 'null', logs: this.#logs, error };
  }

  /** Runs the prelude; returns the function that ends the script. */
  #start(vm: QuickJSContext): { finish: QuickJSHandle } | { error: Thrown } {
    const prelude = vm.evalCode(PRELUDE, 'goxel');
    if (prelude.error) return { error: dump(vm, prelude.error) };
    const host = this.#host(vm);
    const seed = vm.newNumber(this.#request.seed);
    const args = vm.evalCode(`(${JSON.stringify(this.#request.args ?? {})})`, 'args');
    if (args.error) return { error: dump(vm, args.error) };
    const made = vm.callFunction(prelude.value, vm.undefined, host, seed, args.value);
    for (const handle of [prelude.value, host, seed, args.value]) handle.dispose();
    return made.error ? { error: dump(vm, made.error) } : { finish: made.value };
  }

  #host(vm: QuickJSContext): QuickJSHandle {
    const world = this.#world;
    const host = vm.newObject();
    const add = (name: string, run: (...args: QuickJSHandle[]) => QuickJSHandle) => {
      const guarded = vm.newFunction(name, (...args) => {
        try {
          // The sandbox looks at its clock once in ten thousand instructions, of which each may be a call of ours.
          if (Date.now() >= this.#deadline) throw new GoxelError('timeout', INTERRUPTED);
          return run(...args);
        } catch (error) {
          if (!(error instanceof GoxelError)) throw error;
          this.#refusal = error;
          return { error: vm.newError({ name: 'GoxelError', message: error.message }) };
        }
      });
      vm.setProp(host, name, guarded);
      guarded.dispose();
    };
    const number = (handle: QuickJSHandle | undefined) => (handle ? vm.getNumber(handle) : 0);
    add('get', (layer, x, y, z) =>
      vm.newNumber(world.get(number(layer), number(x), number(y), number(z))),
    );
    add('setEntries', (layer, buffer, count) => {
      const entries = copyInts(vm, buffer!);
      world.setEntries(number(layer), entries.subarray(0, number(count) * 4));
      return vm.undefined;
    });
    add('setMany', (layer, positions, colors) => {
      const xyz = copyInts(vm, positions!);
      const packed = copyInts(vm, colors!);
      world.setMany(number(layer), xyz, new Uint32Array(packed.buffer));
      return vm.undefined;
    });
    add('readBox', (layer, ...corners) =>
      vm.newArrayBuffer(world.readBox(number(layer), corners.map(number)).buffer as ArrayBuffer),
    );
    add('readAll', (layer) =>
      vm.newArrayBuffer(world.readAll(number(layer)).buffer as ArrayBuffer),
    );
    add('call', (method, params) =>
      vm.newString(world.call(vm.getString(method!), vm.getString(params!))),
    );
    add('color', (text) => vm.newNumber(world.color(vm.getString(text!))));
    add('log', (level, text) => {
      if (this.#output < OUTPUT_CHARACTERS_MAX) {
        this.#log(vm.getString(level!), vm.getString(text!));
      }
      return vm.undefined;
    });
    return host;
  }

  #log(level: string, text: string): void {
    const room = OUTPUT_CHARACTERS_MAX - this.#output;
    if (room <= 0) return;
    this.#output += text.length + 1;
    this.#logs.push({ level, text: text.length > room ? `${text.slice(0, room)}…` : text });
  }
}

/** What a promise came to, or the value itself; a promise that nothing can settle any more is undefined. Disposes of `value` unless it is returned. */
function settle(
  vm: QuickJSContext,
  value: QuickJSHandle,
): { readonly value: QuickJSHandle } | { readonly error: Thrown } {
  const state = vm.getPromiseState(value);
  if (state.type === 'fulfilled' && state.notAPromise) return { value };
  value.dispose();
  if (state.type === 'rejected') return { error: dump(vm, state.error) };
  return { value: state.type === 'fulfilled' ? state.value : vm.undefined };
}

/** The integers of a buffer, as a copy: the sandbox's memory moves whenever it grows. */
function copyInts(vm: QuickJSContext, handle: QuickJSHandle): Int32Array<ArrayBuffer> {
  using bytes = vm.getArrayBuffer(handle);
  const copy = bytes.value.slice(0, bytes.value.length & ~3);
  return new Int32Array(copy.buffer as ArrayBuffer);
}

/** What was thrown, without running more of the script than its own `toString`. */
function dump(vm: QuickJSContext, handle: QuickJSHandle): Thrown {
  try {
    const value: unknown = vm.dump(handle);
    return typeof value === 'object' && value !== null ? value : { message: String(value) };
  } catch {
    return { message: 'something that cannot be shown' };
  } finally {
    handle.dispose();
  }
}

/** The frames of the script's own code: `at name (file:line:column)`. */
function framesOf(stack: unknown, file: string): string[] {
  if (typeof stack !== 'string') return [];
  return stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.includes(`${file}:`))
    .slice(0, 20);
}
