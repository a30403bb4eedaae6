/** A set of kernels that is compiled on first use, and reaches the pool's workers as programs do. */
import { adaptModule, decodeModule } from "./module-bytes.ts";
import { callFunction, type Kernel, parallelOver, type StopSignal } from "./pool.ts";
import { LoadedProgram } from "./programs.ts";
import { runtime } from "./runtime.ts";

/** Kernels of one family; those of the core are reached by `call` and `parallel` directly. */
export class KernelSet<Name extends string = string> {
  readonly #code: string;
  readonly #kernels = new Map<string, Kernel>();
  #program: LoadedProgram | undefined;

  /** @param code the module as the build script writes it. */
  constructor(code: string) {
    this.#code = code;
  }

  /** The compiled module, for tapes. */
  get program(): LoadedProgram {
    this.#program ??= new LoadedProgram(adaptModule(decodeModule(this.#code), runtime()));
    return this.#program;
  }

  /** Calls a kernel on this thread with all its arguments. */
  call(name: Name, ...args: number[]): number {
    return callFunction("call", this.#kernel(name), args);
  }

  /** As `parallel`, which runs core kernels. */
  parallel(name: Name, chunks: number, ...args: number[]): void {
    parallelOver("parallel", undefined, this.#kernel(name), chunks, args);
  }

  /** As `parallelWithSignal`, which runs core kernels. */
  parallelWithSignal(signal: StopSignal | undefined, name: Name, chunks: number, ...args: number[]): void {
    parallelOver("parallelWithSignal", signal, this.#kernel(name), chunks, args);
  }

  #kernel(name: Name): Kernel {
    let kernel = this.#kernels.get(name);
    if (kernel === undefined) {
      const { program } = this;
      const index = program.indexOf("kernels", name);
      kernel = { name, f: program.functions[index]!, index, program: program.slot };
      this.#kernels.set(name, kernel);
    }
    return kernel;
  }
}
