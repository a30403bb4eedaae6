import { describe, expect, test } from "vitest";
import { interpreterBackend } from "./backends/interpreter/index.ts";
import {
  checkpoint,
  customGradient,
  detectAnomaly,
  enableGrad,
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  noGrad,
  Tensor,
  vjp,
  withBackend,
} from "./index.ts";

const f64 = (values: number[]) => Tensor.from(values, { dtype: "f64" });
const leaf = (values: number[]) => Tensor.from(values, { dtype: "f64", requiresGrad: true });

/** (x0 x1, x0^2 + sin x1, 3): with its derivatives below. */
const f = (x: Tensor) => {
  const [a, b] = [x.at(0), x.at(1)];
  return Tensor.stack([a.mul(b), a.square().add(b.sin()), Tensor.from(3, { dtype: "f64" })]);
};
const J = (a: number, b: number) => [
  [b, a],
  [2 * a, Math.cos(b)],
  [0, 0],
];

function close(actual: Tensor, expected: unknown): void {
  const flat = (expected as number[]).flat(9);
  expect(actual.size).toBe(flat.length);
  actual.data().forEach((v, i) => {
    expect(Math.abs(v - flat[i]!)).toBeLessThan(1e-13);
  });
}

describe("differentiation of functions", () => {
  const at = f64([0.7, -1.3]);

  test("jacobian, vjp and jvp agree with the derivatives by hand", () => {
    const expected = J(0.7, -1.3);
    const full = jacobian(f, at);
    expect(full.shape).toEqual([3, 2]);
    close(full, expected);
    const u = [2, -1, 5];
    const { value, pullback } = vjp(f, at);
    close(value, [0.7 * -1.3, 0.49 + Math.sin(-1.3), 3]);
    close(
      pullback(f64(u)),
      [0, 1].map((j) => expected.reduce((s, row, i) => s + u[i]! * row[j]!, 0)),
    );
    close(
      jvp(f, at, f64([1, 4])).tangent,
      expected.map(([p, q]) => p! + 4 * q!),
    );
    // The tensor differentiated by is not the caller's: nothing is left behind.
    expect(at.requiresGrad).toBe(false);
  });

  test("hessian and hvp: x0^2 x1 + exp(x1)", () => {
    const g = (x: Tensor) => x.at(0).square().mul(x.at(1)).add(x.at(1).exp());
    const H = [
      [2 * -1.3, 2 * 0.7],
      [2 * 0.7, Math.exp(-1.3)],
    ];
    close(hessian(g, at), H);
    close(
      hvp(g, at, f64([3, -2])),
      H.map(([p, q]) => 3 * p! - 2 * q!),
    );
  });

  test("of functions that do not depend on x, or do so linearly", () => {
    const constant = () => f64([1, 2]);
    close(jacobian(constant, at), [0, 0, 0, 0]);
    close(jvp(constant, at, f64([1, 1])).tangent, [0, 0]);
    close(
      hvp((x) => x.sum(), at, f64([1, 1])),
      [0, 0],
    );
    close(
      jacobian((x) => x.mul(2), at),
      [2, 0, 0, 2],
    );
  });

  test("x may belong to a graph itself: gradients go on through it", () => {
    const p = leaf([0.5]);
    const { value } = vjp((x) => x.square().sum(), p.mul(3));
    close(grad([value], [p])[0]!, [2 * 9 * 0.5]);
  });
});

describe("grad", () => {
  test("sums over outputs with seeds; zeros where nothing depends; touches no grad", () => {
    const [x, y, z] = [leaf([1, 2]), leaf([3, 4]), leaf([5])];
    const [gx, gy, gz] = grad([x.mul(y), x.sum()], [x, y, z], { seeds: [f64([10, 100])] }) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    close(gx, [31, 401]);
    close(gy, [10, 200]);
    close(gz, [0]);
    expect([x.grad, y.grad, z.grad]).toEqual([null, null, null]);
  });

  test("of a value inside the graph", () => {
    const x = leaf([2]);
    const inner = x.square();
    close(grad([inner.mul(inner).sum()], [inner])[0]!, [8]);
  });

  test("third derivatives, and none without createGraph", () => {
    const x = leaf([1.5]);
    let y = x.pow(4).sum();
    for (const expected of [4 * 1.5 ** 3, 12 * 1.5 ** 2, 24 * 1.5]) {
      y = grad([y], [x])[0]!.sum();
      close(y, [expected]);
    }
    const [flat] = grad([x.pow(4).sum()], [x], { createGraph: false });
    expect(flat!.requiresGrad).toBe(false);
  });

  test("says which output or input is wrong", () => {
    const x = leaf([1, 2]);
    expect(() => grad([x.mul(2)], [x])).toThrow("outputs[0] has shape [2], expected one element, or seeds");
    expect(() => grad([x.mul(2)], [x], { seeds: [f64([1])] })).toThrow(
      "seeds[0] has shape [1], expected [2], as its output",
    );
    expect(() => grad([x.sum()], [f64([1])])).toThrow("inputs[0] does not require a gradient");
  });
});

describe("backward", () => {
  test("adds up over calls and uses, and through views", () => {
    const x = leaf([1, 2, 3]);
    x.mul(x).sum().backward();
    x.at([0, 2]).sum().backward();
    close(x.grad!, [3, 5, 6]);
    x.grad = null;
    x.mul(2).backward(f64([1, 0, 2]));
    close(x.grad!, [2, 0, 4]);
  });

  test("goes through a graph twice only if it was kept", () => {
    const x = leaf([2]);
    const y = x.square().sum();
    y.backward(undefined, { retainGraph: true });
    y.backward();
    close(x.grad!, [8]);
    expect(() => y.backward()).toThrow(
      "Tensor.backward: its graph was dropped by the first backward; pass retainGraph: true there",
    );
  });

  test("createGraph makes gradients differentiable", () => {
    const x = leaf([3]);
    x.pow(3).sum().backward(undefined, { createGraph: true });
    const penalty = x.grad!.square().sum(); // (3 x^2)^2
    x.grad = null;
    penalty.backward();
    close(x.grad!, [36 * 27]);
  });

  test("refuses what has no gradient, or not one number", () => {
    expect(() => f64([1]).backward()).toThrow("does not depend on one that requires a gradient");
    const x = leaf([1, 2]);
    expect(() => x.mul(2).backward()).toThrow("tensor has shape [2]");
    expect(() => (x.grad = f64([1]))).toThrow("grad has shape [1], expected [2]");
  });

  test("whole numbers and conditions carry none", () => {
    const x = leaf([1, -2]);
    for (const y of [x.lt(0), x.argmax(), x.to("i32"), x.argsort()]) expect(y.requiresGrad).toBe(false);
    x.mul(x.gt(0).to("f64")).sum().backward();
    close(x.grad!, [1, 0]);
    expect(() => Tensor.from([1, 2]).to("i32").requireGrad()).toThrow("a i32 tensor has no gradient");
  });
});

describe("what is recorded", () => {
  test("noGrad, enableGrad and detach", () => {
    const x = leaf([2]);
    noGrad(() => {
      expect(x.mul(2).requiresGrad).toBe(false);
      expect(enableGrad(() => x.mul(2)).requiresGrad).toBe(true);
      expect(x.requiresGrad).toBe(true);
    });
    expect(() =>
      noGrad(() => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    const y = x.mul(3);
    expect(y.requiresGrad).toBe(true); // recording is on again after an error
    y.mul(y.detach()).sum().backward();
    close(x.grad!, [3 * 6]);
  });
});

describe("customGradient", () => {
  test("replaces the rule, for each input or none", () => {
    const [x, y] = [leaf([1, -2]), leaf([3, 4])];
    // Straight through: rounding with the gradient of the identity.
    const z = customGradient(x.round().mul(y), [x, y], (g) => [g, null]);
    close(z, [3, -8]);
    z.sum().backward();
    close(x.grad!, [1, 1]);
    expect(y.grad).toBeNull();
  });

  test("a rule of the wrong shape is named", () => {
    const x = leaf([1, 2]);
    const z = customGradient(x.sum(), [x], (g) => [g]);
    expect(() => z.backward()).toThrow("the gradient of input 0 has shape [], expected [2]");
  });

  test("its gradient can be differentiated", () => {
    const x = leaf([2]);
    const cube = customGradient(x.pow(3), [x], (g) => [g.mul(x.square()).mul(3)]);
    const [first] = grad([cube], [x], { seeds: [f64([1])] });
    close(grad([first!.sum()], [x])[0]!, [12]);
  });
});

describe("checkpoint", () => {
  const width = 64;
  const deep = (x: Tensor, weights: Tensor[]) => {
    let h = x;
    for (const w of weights)
      h = h
        .matmul(w)
        .tanh()
        .softmax(-1)
        .mul(Tensor.rand(h.shape, { seed: 7 }).to("f64"));
    return h;
  };
  const makeWeights = () =>
    Array.from({ length: 12 }, (_, i) =>
      Tensor.randn([width, width], { seed: i, dtype: "f64", requiresGrad: true }),
    );
  const x = Tensor.randn([256, width], { seed: 99, dtype: "f64" });

  /** Gradients, and the largest arena of the plans that gave them. */
  function run(parts: number) {
    const weights = makeWeights();
    let arena = 0;
    const backend = interpreterBackend({
      execute: false,
      onSchedule: (s) => {
        arena = Math.max(arena, s.arena);
      },
    });
    const loss = (w: Tensor[]) => {
      let h = x;
      const size = Math.ceil(w.length / parts);
      for (let i = 0; i < parts; i++) {
        const part = w.slice(i * size, (i + 1) * size);
        h = parts === 1 ? deep(h, part) : checkpoint((z, ...own) => deep(z!, own), h, ...part);
      }
      return h.square().sum();
    };
    const gradients = grad([loss(weights)], weights, { createGraph: false }).map((g) => g.data());
    withBackend(backend, () =>
      Tensor.stack(grad([loss(weights)], weights, { createGraph: false })).realize(),
    );
    return { gradients, arena };
  }

  test("gradients are the same, random numbers included, and the plan needs less memory", () => {
    const [plain, parted] = [run(1), run(4)];
    plain.gradients.forEach((g, i) => {
      const size = Math.max(...g.map(Math.abs));
      g.forEach((v, j) => {
        expect(Math.abs(v - parted.gradients[i]![j]!)).toBeLessThanOrEqual(1e-12 * size);
      });
    });
    expect(parted.arena).toBeLessThan(0.75 * plain.arena);
  });

  test("can be differentiated twice", () => {
    const p = leaf([0.3, -0.8]);
    const cubes = checkpoint((v) => v.pow(3).softmax().mul(v).sum(), p);
    const plain = p.pow(3).softmax().mul(p).sum();
    const second = (y: Tensor) => grad([grad([y], [p])[0]!.square().sum()], [p])[0]!;
    close(second(cubes), [...second(plain).data()]);
  });

  test("what needs no gradient, or is not computed inside, passes through", () => {
    const plain = f64([1, 2]);
    expect(checkpoint((v) => v.mul(2), plain).requiresGrad).toBe(false);
    const p = leaf([1]);
    expect(checkpoint((v) => v, p).node).toBe(p.node);
  });
});

describe("detectAnomaly", () => {
  test("names the operation, the element and the line that made it", () => {
    const attempt = () =>
      detectAnomaly(() => {
        const x = f64([4, -1, 0]);
        const safe = x.add(1);
        return safe.sub(1).sqrt().mul(2).sum().item(); // the square root of -1
      });
    expect(attempt).toThrow("sqrt([3]) gave NaN at element 1 of [3]; it was made at");
    expect(attempt).toThrow(/functional\.test\.ts/);
  });

  test("finds it in gradients too, and lets sound graphs pass", () => {
    const x = leaf([0]);
    const bad = () =>
      detectAnomaly(() => {
        const [g] = grad([x.sqrt().mul(0).sum()], [x]);
        return g!.data();
      });
    expect(bad).toThrow(/gave NaN/);
    expect(detectAnomaly(() => f64([1, 4]).sqrt().sum().item())).toBe(3);
    // Off again afterwards.
    expect(f64([-1]).sqrt().item()).toBeNaN();
  });
});
