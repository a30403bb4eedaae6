/** Functions of generated modules: conversions of 16-bit floats, and integer arithmetic that has no vector form. */
import type { ModuleBuilder } from "../../wasm/assembler.ts";
import type { FunctionBuilder } from "../../wasm/function-builder.ts";

/** `fromF16`, `toF16`, `roundBf16` work on four lanes; `divide`, `modulo`, `power` on one i32 each. */
export type HelperName = keyof typeof writers;

export function helperFunction(module: ModuleBuilder, name: HelperName): FunctionBuilder {
  const vector = name === "fromF16" || name === "toF16" || name === "roundBf16";
  const options = vector
    ? ({ params: ["v128"], results: ["v128"] } as const)
    : ({ params: ["i32", "i32"], results: ["i32"] } as const);
  return module.helper(name, options, writers[name]);
}

type Writer = (f: FunctionBuilder) => void;

/** binary16 patterns in 32-bit lanes to float32. */
const fromF16: Writer = (f) => {
  const [x] = f.params as [FunctionBuilder["params"][number]];
  // The exponent and fraction shifted to their float32 places, times 2^112, which also makes subnormals right.
  const magnitude = f.let("v128", (g) => g.get(x).i32x4(0x7fff).op("v128.and").i32(13).op("i32x4.shl"));
  const value = f.let("v128", (g) =>
    g
      .get(magnitude)
      .f32x4(2 ** 112)
      .op("f32x4.mul"),
  );
  // Exponent 31 stands for infinity and NaN: set the whole exponent.
  f.get(value).get(magnitude).i32x4(0x0f7fffff).op("i32x4.gt_s").i32x4(0x7f800000).op("v128.and", "v128.or");
  f.get(x).i32x4(0x8000).op("v128.and").i32(16).op("i32x4.shl", "v128.or");
};

/** float32 to binary16 patterns in 32-bit lanes, to the nearest, ties to even; NaN to 0x7e00. See dtype.ts. */
const toF16: Writer = (f) => {
  const [x] = f.params as [FunctionBuilder["params"][number]];
  const magnitude = f.let("v128", (g) => g.get(x).i32x4(0x7fffffff).op("v128.and"));
  const normal = f.let("v128", (g) =>
    g
      .get(magnitude)
      .i32x4(0x38000000 - 0xfff)
      .op("i32x4.sub")
      .get(magnitude)
      .i32(13)
      .op("i32x4.shr_u")
      .i32x4(1)
      .op("v128.and", "i32x4.add")
      .i32(13)
      .op("i32x4.shr_u"),
  );
  const small = f.let("v128", (g) =>
    g.get(magnitude).f32x4(0.5).op("f32x4.add").i32x4(0x3f000000).op("i32x4.sub"),
  );
  const result = f.let("v128", (g) =>
    g.get(small).get(normal).get(magnitude).i32x4(0x38800000).op("i32x4.lt_s", "v128.bitselect"),
  );
  // 65536 and more: infinity
  f.i32x4(0x7c00).get(result).get(magnitude).i32x4(0x477fffff).op("i32x4.gt_s", "v128.bitselect").set(result);
  f.i32x4(0x7e00).get(result).get(magnitude).i32x4(0x7f800000).op("i32x4.gt_s", "v128.bitselect");
  f.get(x).i32(16).op("i32x4.shr_u").i32x4(0x8000).op("v128.and", "v128.or");
};

/** float32 to the nearest bfloat16, ties to even, as float32. */
const roundBf16: Writer = (f) => {
  const [x] = f.params as [FunctionBuilder["params"][number]];
  const rounded = f.let("v128", (g) =>
    g
      .get(x)
      .i32x4(0x7fff)
      .op("i32x4.add")
      .get(x)
      .i32(16)
      .op("i32x4.shr_u")
      .i32x4(1)
      .op("v128.and", "i32x4.add")
      .i32x4(-65536)
      .op("v128.and"),
  );
  const nan = f.let("v128", (g) => g.get(x).i32x4(0x400000).op("v128.or").i32x4(-65536).op("v128.and"));
  f.get(rounded).get(nan).get(x).get(x).op("f32x4.eq", "v128.bitselect");
};

/** Truncated quotient; 0 for a divisor of 0. -2^31 / -1 wraps. */
const divide: Writer = (f) => {
  const [x, y] = f.params as [FunctionBuilder["params"][number], FunctionBuilder["params"][number]];
  f.get(y)
    .op("i32.eqz")
    .if(
      () => f.i32(0),
      () =>
        f
          .get(y)
          .i32(-1)
          .op("i32.eq")
          .if(
            () => f.i32(0).get(x).op("i32.sub"),
            () => f.get(x).get(y).op("i32.div_s"),
            "i32",
          ),
      "i32",
    );
};

/** Remainder with the sign of the divisor; 0 for a divisor of 0. */
const modulo: Writer = (f) => {
  const [x, y] = f.params as [FunctionBuilder["params"][number], FunctionBuilder["params"][number]];
  f.get(y)
    .op("i32.eqz")
    .if(
      () => f.i32(0),
      () => {
        const rest = f.let("i32", (g) => g.get(x).get(y).op("i32.rem_s"));
        // Not 0 and of the other sign than y: one divisor more
        f.get(rest).get(y).op("i32.add").get(rest);
        f.get(rest).i32(0).op("i32.ne").get(rest).get(y).op("i32.xor").i32(0).op("i32.lt_s", "i32.and");
        f.select("i32");
      },
      "i32",
    );
};

/** x^y, wrapping around; for y < 0 the truncated quotient 1 / x^-y (0 for x = 0). */
const power: Writer = (f) => {
  const [x, y] = f.params as [FunctionBuilder["params"][number], FunctionBuilder["params"][number]];
  const result = f.let("i32", (g) => g.i32(1));
  f.get(y)
    .i32(0)
    .op("i32.lt_s")
    .if(
      () => {
        // 1 for x = 1; 1 or -1 for x = -1; else 0
        f.get(x).i32(1).op("i32.eq");
        f.i32(1).i32(2).get(y).i32(1).op("i32.and", "i32.mul", "i32.sub");
        f.get(x).i32(-1).op("i32.eq", "i32.mul", "i32.add");
      },
      () => {
        f.block((exit) => {
          f.loop((again) => {
            f.get(y).op("i32.eqz").brIf(exit);
            f.get(result)
              .get(x)
              .op("i32.mul")
              .get(result)
              .get(y)
              .i32(1)
              .op("i32.and")
              .select("i32")
              .set(result);
            f.get(x).get(x).op("i32.mul").set(x);
            f.get(y).i32(1).op("i32.shr_u").set(y);
            f.br(again);
          });
        });
        f.get(result);
      },
      "i32",
    );
};

const writers = { fromF16, toF16, roundBf16, divide, modulo, power };
