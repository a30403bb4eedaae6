/**
 * Builds WebAssembly modules at run time. A module imports `env.memory` and exports functions; a function is written
 * instruction by instruction, in the order of the stack machine:
 *
 *     const module = new ModuleBuilder({ shared: true, maximumPages: 65536 });
 *     const f = module.function({ name: "scale", params: ["i32", "f32"] });
 *     const [pointer, factor] = f.params;
 *     f.get(pointer).get(pointer).memory("f32.load").get(factor).op("f32.mul").memory("f32.store");
 *     const bytes = module.bytes();
 *
 * Nothing is checked here beyond what TypeScript checks: the engine validates the finished module.
 */
import { ByteWriter } from "./bytes.ts";
import { FunctionBuilder, type ValueType, valueTypeCode } from "./function-builder.ts";

export interface ModuleOptions {
  /** Whether the imported memory is shared between threads. */
  readonly shared: boolean;
  /** Most pages the imported memory may have; the module accepts any memory with that maximum or a smaller one. */
  readonly maximumPages: number;
  /** Whether functions may use operations of relaxed SIMD; without it they do not. */
  readonly relaxedSimd?: boolean;
}

export interface FunctionOptions {
  /** Exported under this name; without one the function is internal. */
  readonly name?: string;
  readonly params?: readonly ValueType[];
  readonly results?: readonly ValueType[];
}

export class ModuleBuilder {
  private readonly options: ModuleOptions;
  private readonly functions: FunctionBuilder[] = [];
  private readonly exported: { name: string; index: number }[] = [];
  private readonly shared = new Map<string, FunctionBuilder>();

  constructor(options: ModuleOptions) {
    this.options = options;
  }

  get relaxedSimd(): boolean {
    return this.options.relaxedSimd ?? false;
  }

  /** A new function. Its body may be written later, and it may be called before it is written. */
  function(options: FunctionOptions): FunctionBuilder {
    const index = this.functions.length;
    const made = new FunctionBuilder(this, index, options.params ?? [], options.results ?? []);
    this.functions.push(made);
    if (options.name !== undefined) this.exported.push({ name: options.name, index });
    return made;
  }

  /** The helper function known under this key; `write` gives it a body on the first request. */
  helper(key: string, options: FunctionOptions, write: (f: FunctionBuilder) => void): FunctionBuilder {
    const known = this.shared.get(key);
    if (known !== undefined) return known;
    const made = this.function(options);
    this.shared.set(key, made);
    write(made);
    return made;
  }

  /** The module in binary format. */
  bytes(): Uint8Array<ArrayBuffer> {
    const types = new Map<string, number>();
    const typeSection = new ByteWriter();
    const indices = this.functions.map(({ params, results }) => {
      const key = `${params.map(({ type }) => type)}:${results}`;
      let index = types.get(key);
      if (index === undefined) {
        types.set(key, (index = types.size));
        typeSection.byte(0x60);
        typeSection.unsigned(params.length);
        for (const { type } of params) typeSection.byte(valueTypeCode[type]);
        typeSection.unsigned(results.length);
        for (const type of results) typeSection.byte(valueTypeCode[type]);
      }
      return index;
    });

    const out = new ByteWriter();
    out.bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    section(out, 1, types.size, typeSection);

    const imports = new ByteWriter();
    imports.text("env");
    imports.text("memory");
    imports.byte(2);
    imports.byte(this.options.shared ? 3 : 1);
    imports.unsigned(1);
    imports.unsigned(this.options.maximumPages);
    section(out, 2, 1, imports);

    const declarations = new ByteWriter();
    for (const index of indices) declarations.unsigned(index);
    section(out, 3, indices.length, declarations);

    const exports = new ByteWriter();
    for (const { name, index } of this.exported) {
      exports.text(name);
      exports.byte(0);
      exports.unsigned(index);
    }
    section(out, 7, this.exported.length, exports);

    const code = new ByteWriter();
    for (const f of this.functions) f.writeTo(code);
    section(out, 10, this.functions.length, code);
    return out.written().slice() as Uint8Array<ArrayBuffer>;
  }
}

function section(out: ByteWriter, id: number, count: number, content: ByteWriter): void {
  const head = new ByteWriter();
  head.unsigned(count);
  out.byte(id);
  out.unsigned(head.length + content.length);
  out.bytes(head.written());
  out.bytes(content.written());
}
