import { expect, test } from "vitest";
import { Tensor } from "../tensor/index.ts";
import { Adam, SGD } from "./index.ts";

/** Distance to the minimum of 1/2 sum(h x^2) from x = 1 after `steps` steps. */
function descend(
  h: number[],
  steps: number,
  make: (params: Tensor[]) => { step(): unknown; zeroGrad(): void },
) {
  const x = Tensor.from(new Float64Array(h.length).fill(1), { requiresGrad: true });
  const H = Tensor.from(h, { dtype: "f64" });
  const optimizer = make([x]);
  for (let i = 0; i < steps; i++) {
    optimizer.zeroGrad();
    x.square().mul(H).sum().mul(0.5).backward();
    optimizer.step();
  }
  return Math.hypot(...x.data());
}

test.each([4, 25, 100])(
  "kappa %d: the rates of gradient descent and of momentum are those of theory",
  (kappa) => {
    const [mu, L] = [1 / kappa, 1];
    const rate = (make: Parameters<typeof descend>[2], from: number, to: number) =>
      (descend([mu, L], to, make) / descend([mu, L], from, make)) ** (1 / (to - from));
    // Best fixed step 2 / (L + mu): (kappa - 1) / (kappa + 1).
    expect(rate((p) => new SGD(p, { lr: 2 / (L + mu) }), 10, 60)).toBeCloseTo((kappa - 1) / (kappa + 1), 10);
    // Polyak's choice: (sqrt kappa - 1) / (sqrt kappa + 1), up to a factor that is linear in t.
    const root = Math.sqrt(kappa);
    const momentum = ((root - 1) / (root + 1)) ** 2;
    const heavy = rate((p) => new SGD(p, { lr: (2 / (1 + 1 / root)) ** 2, momentum }), 200, 400);
    expect(Math.abs(heavy - (root - 1) / (root + 1))).toBeLessThan(0.01);
  },
);

test("SGD diverges above 2 / L and Adam does not care about the scale of the loss", () => {
  expect(descend([1, 0.1], 50, (p) => new SGD(p, { lr: 2.1 }))).toBeGreaterThan(10);
  const [small, large] = [1, 1e6].map((c) => descend([c, c], 20, (p) => new Adam(p, { lr: 0.01, eps: 0 })));
  expect(small).toBeCloseTo(large!, 10);
});
