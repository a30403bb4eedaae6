/**
 * A sequence of kernel calls that is run with one dispatch.
 *
 * The chunks of all steps are numbered through as tickets. A thread takes the next ticket, waits until all
 * tickets before its step are done, runs it, and counts it as done: that is the barrier between steps, and no thread
 * has to be there for it. As a ticket is only started when all before its step are done, the count alone says which
 * they are. Consecutive steps of one chunk share a ticket, so they cost no barrier. Threads that wait spin first
 * and then sleep; whoever does the last ticket of a group wakes them.
 *
 * The ticket says of which step a thread does a chunk, not which: the caller takes chunks from the front and workers take
 * them from the back, so that in each run, and in steps over the same arrays, a thread finds much of what it needs in
 * its own caches.
 */
import { argumentError, WhetstoneError } from "../errors.ts";
import { heapAlloc, heapFree } from "./heap.ts";
import { KernelSet } from "./kernel-set.ts";
import { checkStop, coreKernel, failure, type StopSignal } from "./pool.ts";
import { LoadedProgram, type Program } from "./programs.ts";
import type { KernelFunction } from "./runtime.ts";
import { kernelView } from "./scratch.ts";
import { close, open, type Pool, poolFor, sleep, workerError } from "./threads.ts";
import { limit, slot, tapeLayout } from "./worker-source.ts";

/** One step of a tape: `name(...args, chunk)` for chunk = 0 to chunks - 1, in any order and on any thread. */
export interface TapeEntry {
  /** Where the function comes from; the core kernels when left out. */
  readonly program?: Program | KernelSet;
  readonly name: string;
  /** With one chunk, the function may also do without the last parameter. 0: the step is left out. */
  readonly chunks: number;
  readonly args: readonly number[];
  /** May run at the same time as the entry before it. Default false. */
  readonly beside?: boolean;
}

/** Kernel calls in order, ready to run as often as wanted; {@link makeTape} makes one. */
export interface Tape {
  /**
   * Runs all steps, each when the one before it is done, on all threads; returns when the last is done. Called
   * while a tape or kernel runs (in a stop function), it uses one thread.
   *
   * The calling thread asks `signal` before each chunk that it takes and while it waits for other threads; what
   * was computed until then stays in the memory.
   *
   * @throws AbortError when stopped.
   * @throws WhetstoneError "worker", naming the function, if it traps in any chunk.
   */
  run(signal?: StopSignal): void;
  /** Changes a number that an entry is called with, from the next run on. */
  set(entry: number, argument: number, value: number): void;
  /** Frees what the tape holds; it cannot be run afterwards. */
  free(): void;
}

/**
 * Makes a tape of the given steps.
 *
 * @throws WhetstoneError "argument" if an entry names no function or has the wrong number of arguments.
 *
 * @example
 * const ptr = heapAlloc(16);
 * const x = kernelView(Float64Array, ptr, 2);
 * x.set([3, 4]);
 * const tape = makeTape([{ name: "scaleF64", chunks: 1, args: [10, ptr, 2] }]);
 * tape.run();
 * Array.from(x); // [30, 40]
 */
export function makeTape(entries: readonly TapeEntry[]): Tape {
  return new CompiledTape(entries);
}

/** Most tickets: a thread that finds none left has counted one too far. */
const mostTickets = 2 ** 30;

const { header, unit, step: stepLength } = tapeLayout;
let identities = 0;

interface Step {
  readonly program: LoadedProgram | undefined;
  readonly name: string;
  readonly f: KernelFunction;
  readonly index: number;
  readonly chunks: number;
  readonly beside: boolean;
  /** The numbers it is called with, and room for the chunk. */
  readonly list: number[];
  /** Where its numbers begin in the numbers of the tape. */
  readonly at: number;
}

class CompiledTape implements Tape {
  /** Of every entry; those without chunks are not among the steps. */
  readonly #entries: readonly Step[];
  readonly #steps: readonly Step[];
  readonly #programs: readonly LoadedProgram[];
  readonly #tickets: number;
  /** Most workers that can find something to do beside the caller. */
  readonly #workers: number;
  readonly #ptr: number;
  readonly #args: Float64Array;
  readonly #units: Int32Array;
  /** How many chunks of each unit workers have taken. */
  readonly #taken: Int32Array;
  #running = 0;
  #freed = false;

  constructor(entries: readonly TapeEntry[]) {
    const all: Step[] = [];
    let numbers = 0;
    for (const entry of entries) {
      all.push(readEntry(entry, all.length, numbers));
      numbers += entry.args.length;
    }
    const steps = all.filter((step) => step.chunks > 0);
    const { units, tickets, widest } = group(steps);
    this.#entries = all;
    this.#steps = steps;
    this.#tickets = tickets;
    this.#workers = widest - 1;
    this.#programs = [...new Set(steps.flatMap((step) => step.program ?? []))];
    const slots = new Map(this.#programs.map((program) => [program, program.retain()]));

    const ints = units.length + stepLength * steps.length + slots.size + units.length / unit;
    this.#ptr = heapAlloc(4 * header + 8 * numbers + 4 * ints);
    identities = (identities % 0x3fffffff) + 1;
    const head = [identities, tickets, units.length / unit, steps.length, numbers, slots.size];
    kernelView(Int32Array, this.#ptr, header).set(head);
    this.#args = kernelView(Float64Array, this.#ptr + 4 * header, numbers);
    for (const step of all) this.#args.set(step.list.slice(0, -1), step.at);
    const rest = kernelView(Int32Array, this.#ptr + 4 * header + 8 * numbers, ints);
    const table = steps.flatMap(({ program, index, list, at }) => [
      program === undefined ? -1 : slots.get(program)!,
      index,
      list.length - 1,
      at,
    ]);
    rest.set([...units, ...table, ...slots.values()]);
    this.#units = rest.subarray(0, units.length);
    this.#taken = rest.subarray(ints - units.length / unit);
  }

  run(signal?: StopSignal): void {
    if (this.#freed) throw new WhetstoneError("argument", { where: "Tape.run" }, "the tape has been freed");
    this.#running++;
    try {
      const p = poolFor(this.#workers, true);
      if (p === undefined) this.#alone(signal);
      else this.#together(p, signal);
    } finally {
      this.#running--;
    }
  }

  set(entry: number, argument: number, value: number): void {
    const found = this.#entries[entry];
    if (found === undefined) {
      throw argumentError("Tape.set", "entry", entry, `a number below ${this.#entries.length}`);
    }
    if (!(argument >= 0 && argument < found.list.length - 1)) {
      throw argumentError("Tape.set", "argument", argument, `a number below ${found.list.length - 1}`);
    }
    this.#mustRest("Tape.set");
    found.list[argument] = value;
    this.#args[found.at + argument] = value;
  }

  free(): void {
    if (this.#freed) return;
    this.#mustRest("Tape.free");
    this.#freed = true;
    heapFree(this.#ptr);
    for (const program of this.#programs) program.letGo();
  }

  #mustRest(where: string): void {
    if (this.#freed) throw new WhetstoneError("argument", { where }, "the tape has been freed");
    if (this.#running > 0) throw new WhetstoneError("argument", { where }, "the tape is running");
  }

  /** Everything on this thread. */
  #alone(signal: StopSignal | undefined): void {
    for (const step of this.#steps) {
      for (let chunk = 0; chunk < step.chunks; chunk++) {
        if (signal !== undefined) checkStop("Tape.run", signal);
        attempt(step, chunk);
      }
    }
  }

  #together(p: Pool, signal: StopSignal | undefined): void {
    const c = p.control;
    c[slot.kernel] = -1;
    c[slot.tape] = this.#ptr;
    this.#taken.fill(0);
    open(p);
    try {
      this.#take(c, signal);
    } catch (error) {
      Atomics.store(c, slot.stop, 1);
      if (Atomics.load(c, slot.waiters) > 0) Atomics.notify(c, slot.done);
      throw error;
    } finally {
      close(p);
    }
    const text = workerError(p);
    if (text === undefined) return;
    const step = this.#steps[c[slot.errorStep]!]!;
    throw failure("Tape.run", step.name, c[slot.errorChunk]!, text);
  }

  /** The caller's part: as `runTape` in worker-source.ts. */
  #take(c: Int32Array, signal: StopSignal | undefined): void {
    const units = this.#units;
    const steps = this.#steps;
    let own = 0; // chunks taken of this unit
    for (let u = 0; ; ) {
      if (signal !== undefined) checkStop("Tape.run", signal);
      if (Atomics.load(c, slot.stop) !== 0) return;
      const ticket = Atomics.add(c, slot.next, 1);
      if (ticket >= this.#tickets) break;
      for (; ticket >= units[u + 3]!; u += unit) own = 0;
      if (!waitFor(c, units[u + 4]!, signal)) return;
      const chunk = own++;
      const first = units[u]!;
      const last = units[u + 1]!;
      for (let s = first; s < last; s++) {
        if (signal !== undefined && s > first) checkStop("Tape.run", signal);
        attempt(steps[s]!, chunk);
      }
      if (Atomics.add(c, slot.done, 1) + 1 === units[u + 5] && Atomics.load(c, slot.waiters) > 0) {
        Atomics.notify(c, slot.done);
      }
    }
    waitFor(c, this.#tickets, signal);
  }
}

/** Waits until so many tickets are done; false if a worker has failed instead. */
function waitFor(c: Int32Array, needed: number, signal: StopSignal | undefined): boolean {
  let spins = 0;
  for (let done = Atomics.load(c, slot.done); done < needed; done = Atomics.load(c, slot.done)) {
    if (Atomics.load(c, slot.stop) !== 0) return false;
    if (++spins % limit.spins !== 0) continue;
    if (signal !== undefined) checkStop("Tape.run", signal);
    Atomics.add(c, slot.waiters, 1);
    if (Atomics.load(c, slot.stop) === 0) sleep(c, slot.done, done, signal === undefined ? 100 : 10);
    Atomics.sub(c, slot.waiters, 1);
  }
  return true;
}

function attempt(step: Step, chunk: number): void {
  try {
    invoke(step.f, step.list, chunk);
  } catch (error) {
    throw failure("Tape.run", step.name, chunk, error instanceof Error ? error.message : String(error));
  }
}

/** Written out for the usual arities: spreading an array is slower. The last of the list is room for the chunk. */
function invoke(f: KernelFunction, v: number[], chunk: number): number {
  switch (v.length) {
    case 1:
      return f(chunk);
    case 2:
      return f(v[0]!, chunk);
    case 3:
      return f(v[0]!, v[1]!, chunk);
    case 4:
      return f(v[0]!, v[1]!, v[2]!, chunk);
    case 5:
      return f(v[0]!, v[1]!, v[2]!, v[3]!, chunk);
    case 6:
      return f(v[0]!, v[1]!, v[2]!, v[3]!, v[4]!, chunk);
    case 7:
      return f(v[0]!, v[1]!, v[2]!, v[3]!, v[4]!, v[5]!, chunk);
    case 8:
      return f(v[0]!, v[1]!, v[2]!, v[3]!, v[4]!, v[5]!, v[6]!, chunk);
    default:
      v[v.length - 1] = chunk;
      return f(...v);
  }
}

function readEntry(entry: TapeEntry, index: number, at: number): Step {
  const { program, name, chunks, args, beside = false } = entry;
  const where = "makeTape";
  if (!Number.isSafeInteger(chunks) || chunks < 0) {
    throw argumentError(where, `entries[${index}].chunks`, chunks, "a whole number >= 0");
  }
  const list = [...args, 0];
  const found = program === undefined ? builtIn(where, name) : ofProgram(where, program, name);
  const given = args.length;
  if (found.f.length !== given + 1 && !(chunks <= 1 && found.f.length === given)) {
    throw new WhetstoneError(
      "argument",
      { where, kernel: name },
      `${name} takes ${found.f.length} numbers, the chunk included, got ${given} in entries[${index}]`,
    );
  }
  return { ...found, name, chunks, beside, list, at };
}

function builtIn(where: string, name: string): Pick<Step, "f" | "index" | "program"> {
  const { f, index } = coreKernel(where, name);
  return { f, index, program: undefined };
}

function ofProgram(
  where: string,
  given: Program | KernelSet,
  name: string,
): Pick<Step, "f" | "index" | "program"> {
  const program = given instanceof KernelSet ? given.program : given;
  if (!(program instanceof LoadedProgram)) {
    throw argumentError(where, "program", program, "what loadProgram returned");
  }
  const index = program.indexOf(where, name);
  return { f: program.functions[index]!, index, program };
}

/**
 * The units of work, in the layout of `tapeLayout.unit`, how many tickets they have together, and the most that can
 * be worked on at a time. Steps that run beside each other form a group; one that waits needs the whole group done.
 */
function group(steps: readonly Step[]): { units: number[]; tickets: number; widest: number } {
  const units: number[] = [];
  let tickets = 0;
  let widest = 1;
  let begin = 0; // first ticket of the group
  let from = 0; // where the units of the group begin
  const endGroup = () => {
    for (let u = from; u < units.length; u += unit) units[u + 5] = tickets;
    widest = Math.max(widest, tickets - begin);
    begin = tickets;
    from = units.length;
  };
  let single = false; // the last unit is alone in its group and has one ticket
  steps.forEach(({ chunks, beside }, s) => {
    const joined = beside && s > 0;
    const nextBeside = steps[s + 1]?.beside === true;
    if (single && chunks === 1 && !joined && !nextBeside) {
      units[units.length - unit + 1] = s + 1;
      return;
    }
    if (!joined) endGroup();
    units.push(s, s + 1, tickets, tickets + chunks, begin, 0);
    tickets += chunks;
    single = chunks === 1 && !joined;
  });
  endGroup();
  if (tickets > mostTickets) {
    throw argumentError("makeTape", "chunks", tickets, `at most ${mostTickets} in all entries`);
  }
  return { units, tickets, widest };
}
