import { expect, test } from "vitest";
import { customGradient, noGrad, recorded, Tensor } from "./index.ts";

/** A recorded function with a count of its calls. */
function counted(fn: (...inputs: Tensor[]) => readonly Tensor[]) {
  const calls = { count: 0 };
  const made = recorded((...inputs) => {
    calls.count++;
    return fn(...inputs);
  });
  return { made, calls };
}

const vector = (...values: number[]) => Tensor.from(values, { dtype: "f64" });

test("the graph is made again of other tensors, without the function, and anew for other shapes", () => {
  const { made, calls } = counted((x, y) => [x.mul(2).add(y), x.sub(y).sum(), y]);
  for (const [x, y] of [
    [vector(1, 2), vector(3, 5)],
    [vector(-1, 0.5), vector(2, 2)],
    [vector(1, 2), vector(3, 5).exp()],
  ] as const) {
    const [a, b, c] = made(x, y);
    expect(a!.toArray()).toEqual(x.mul(2).add(y).toArray());
    expect(b!.item()).toBe(x.sub(y).sum().item());
    expect(c!.toArray()).toEqual(y.toArray());
  }
  expect(calls.count).toBe(1);
  expect(made(vector(1, 2, 3), vector(1, 1, 1))[1]!.item()).toBe(3);
  expect(made(Tensor.from([1, 2]), vector(3, 5))[0]!.toArray()).toEqual([5, 9]);
  expect(calls.count).toBe(3);
});

test("what a graph takes from elsewhere is looked at every time", () => {
  let other = vector(10);
  const outside = counted((x) => [x.add(other)]);
  expect(outside.made(vector(1))[0]!.item()).toBe(11);
  other = vector(20);
  expect(outside.made(vector(1))[0]!.item()).toBe(21);
  const fresh = counted((x) => [x.add(Tensor.from(outside.calls.count, { dtype: "f64" }))]);
  expect(fresh.made(vector(1))[0]!.item()).toBe(3);
  outside.made(vector(1));
  expect(fresh.made(vector(1))[0]!.item()).toBe(4);
  let base = vector(2).exp();
  const graph = counted((x) => [x.add(base)]);
  expect(graph.made(vector(1))[0]!.item()).toBeCloseTo(1 + Math.exp(2), 12);
  base = vector(3).exp();
  expect(graph.made(vector(1))[0]!.item()).toBeCloseTo(1 + Math.exp(3), 12);
});

test("arguments that are constants, or the same twice, leave nothing behind", () => {
  const { made } = counted((x, y) => [x.mul(y).add(1)]);
  const full = (value: number) => Tensor.full([1], value, { dtype: "f64" });
  expect(made(full(2), vector(3))[0]!.item()).toBe(7);
  expect(made(full(5), vector(3))[0]!.item()).toBe(16);
  expect(made(full(1), full(0))[0]!.item()).toBe(1);
  const product = counted((x, y) => [x.mul(y).add(1)]).made;
  const x = vector(3);
  expect(product(x, x)[0]!.item()).toBe(10);
  expect(product(x, vector(4))[0]!.item()).toBe(13);
  expect(product(vector(5), vector(4))[0]!.item()).toBe(21);
  expect(product(x, x)[0]!.item()).toBe(10);
});

test("gradients go through, and each mode has a graph of its own", () => {
  const { made, calls } = counted((x, y) => [x.pow(3).mul(y).sum()]);
  for (const [a, b] of [
    [2, 5],
    [3, 7],
  ] as const) {
    const x = Tensor.from([a], { dtype: "f64", requiresGrad: true });
    made(x, vector(b))[0]!.backward();
    expect(x.grad!.toArray()).toEqual([3 * a ** 2 * b]);
    expect(noGrad(() => made(x, vector(b)))[0]!.requiresGrad).toBe(false);
  }
  expect(calls.count).toBe(4);
  const own = counted((x) => [customGradient(x.round(), [x], (g) => [g.mul(calls.count)])]);
  for (const factor of [4, 5]) {
    calls.count = factor;
    const x = Tensor.from([0.4], { dtype: "f64", requiresGrad: true });
    own.made(x)[0]!.sum().backward();
    expect(x.grad!.toArray()).toEqual([factor]);
  }
});

test("what is no function is refused", () => {
  expect(() => recorded(3 as never)).toThrow("recorded: fn");
});
