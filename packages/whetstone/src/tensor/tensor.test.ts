import { expect, test } from "vitest";
import {
  attention,
  checkpoint,
  conv2d,
  detectAnomaly,
  einsum,
  grad,
  hessian,
  hvp,
  jvp,
  maxPool2d,
  noGrad,
  Tensor,
} from "./index.ts";

test("operations, gradients and markers of the graph", () => {
  const x = Tensor.from(
    [
      [1, 2],
      [3, 4],
    ],
    { requiresGrad: true },
  );
  const y = x.mul(x).sum();
  y.backward();
  expect(y.item()).toBe(30);
  expect(x.grad!.toArray()).toEqual([
    [2, 4],
    [6, 8],
  ]);
  const a = Tensor.from(3, { requiresGrad: true });
  const [dy] = grad([a.pow(3)], [a]);
  const [d2] = grad([dy!], [a]);
  expect([dy!.item(), d2!.item()]).toEqual([27, 18]);
  const f = (v: Tensor) => v.pow(3).sum();
  expect(hessian(f, Tensor.from([1, 2])).toArray()).toEqual([
    [6, 0],
    [0, 12],
  ]);
  expect(hvp(f, Tensor.from([1, 2]), Tensor.from([1, 1])).toArray()).toEqual([6, 12]);
  expect(jvp((v) => v.mul(v), Tensor.from([1, 2]), Tensor.from([1, 1])).tangent.toArray()).toEqual([2, 4]);
  expect(
    einsum(
      "ij,jk->ik",
      Tensor.from([
        [1, 2],
        [3, 4],
      ]),
      Tensor.from([
        [1, 0],
        [0, 1],
      ]),
    ).toArray(),
  ).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(
    einsum(
      "ii->i",
      Tensor.from([
        [1, 2],
        [3, 4],
      ]),
    ).toArray(),
  ).toEqual([1, 4]);
  const img = Tensor.randn([2, 3, 8, 8], { seed: 1 });
  const w = Tensor.randn([4, 3, 3, 3], { seed: 2, requiresGrad: true });
  const out = maxPool2d(conv2d(img, w, null, { padding: 1 }).relu(), 2);
  expect(out.shape).toEqual([2, 4, 4, 4]);
  out.sum().backward();
  expect(w.grad!.shape).toEqual([4, 3, 3, 3]);
  expect(w.grad!.data()[0]).not.toBeNaN();
  expect(x.at(0, [0, 1]).toArray()).toEqual([1]);
  expect(x.flip(1).toArray()).toEqual([
    [2, 1],
    [4, 3],
  ]);
  expect(Tensor.concat([x, x], 1).toArray()).toEqual([
    [1, 2, 1, 2],
    [3, 4, 3, 4],
  ]);
  expect(x.topk(1).indices.toArray()).toEqual([[1], [1]]);
  expect(Tensor.from([1, 2, 3]).prod().item()).toBe(6);
  expect(Tensor.from([3, 1, 2]).min().item()).toBe(1);
  expect(Tensor.linspace(0, 1, 3).toArray()).toEqual([0, 0.5, 1]);
  const s = Tensor.randn([1000], { seed: 5 });
  expect(Math.abs(s.mean().item())).toBeLessThan(0.1);
  expect(Math.abs(s.std().item() - 1)).toBeLessThan(0.1);
  const p = Tensor.from([1, 2], { requiresGrad: true });
  const loss = checkpoint((v) => v.exp().mul(v).sum(), p);
  loss.backward();
  expect(p.grad!.data()[0]).toBeCloseTo(2 * Math.E, 4);
  noGrad(() => p.assign(p.sub(p.grad!.mul(0.1))));
  expect(loss.item()).toBeCloseTo(Math.E + 2 * Math.E ** 2, 4);
  expect(p.toArray()[0 as never]).toBeCloseTo(1 - 0.2 * Math.E, 4);
  expect(() => detectAnomaly(() => Tensor.from([-1]).log().add(1).data())).toThrow(/log\(\[1\]\) gave NaN/);
  const q = Tensor.randn([2, 4, 3], { seed: 1 });
  expect(attention(q, q, q, { causal: true }).at(0, 0).toArray()).toEqual(q.at(0, 0).toArray());
});

test("a computed reshape, permute or negation is a value to build on", () => {
  const x = Tensor.from([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(x.reshape([3, 2]).realize().reshape([6]).toArray()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(x.transpose().realize().transpose().toArray()).toEqual(x.toArray());
  expect(x.neg().realize().neg().toArray()).toEqual(x.toArray());
  // Also after what it was computed from has been updated.
  const p = Tensor.from([1, 2], { requiresGrad: true });
  const column = p.unsqueeze(1).realize();
  noGrad(() => p.assign(p.mul(2)));
  p.realize();
  expect(column.reshape([2]).toArray()).toEqual([1, 2]);
});

test("what is kept can be read after an update; typed arrays take a shape", () => {
  const p = Tensor.from(new Float64Array([1, 2, 3, 4]), { shape: [2, -1], requiresGrad: true });
  expect(p.shape).toEqual([2, 2]);
  const [kept, lost] = [p.sum().keep(), p.sum()];
  noGrad(() => p.assign(p.mul(2)));
  expect(p.toArray()).toEqual([
    [2, 4],
    [6, 8],
  ]);
  expect(kept.item()).toBe(10);
  expect(() => lost.item()).toThrow(/has since been updated/);
  expect(() => Tensor.from([1, 2, 3], { shape: [2] })).toThrow(/Tensor.from: shape/);
});

test("a leaf may be its own loss, again and again", () => {
  const x = Tensor.from(2, { requiresGrad: true });
  x.backward();
  x.backward();
  expect(x.grad!.item()).toBe(2);
  const y = x.mul(3);
  y.backward();
  expect(() => y.backward()).toThrow(/dropped by the first backward/);
});
