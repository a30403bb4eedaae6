import { dot, NdArray, norm2, softmax } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "math/ndarray",
  title: "Shapes: broadcasting, reductions along an axis, batched products",
  formula: String.raw`(B,n,1)+(1,d)\to(B,n,d),\qquad (B,n,d)\,(B,d,m)\to(B,n,m)`,
  ask: "When do two array shapes broadcast, and what does a matrix product do with the axes before the last two?",
  answer:
    "Align shapes at the last axis: lengths must be equal or 1, and a 1 is stretched. A product contracts the last axis of the left with the second last of the right; the axes before them are batches and broadcast. A reduction drops its axis unless told to keep it.",
  pitfall:
    "x − x.mean(axis) needs keepDims: (n, d) minus (n) fails, or, when n = d, silently subtracts along the wrong axis.",
  level: "easy",
  whenNot:
    "For ragged data (sentences, sets) dense arrays need padding and masks; for mostly empty ones a sparse format saves memory and time.",
  followUps: [
    {
      ask: "(3, 1) + (4): what shape?",
      answer:
        "(3, 4): the second is aligned at the last axis as (1, 4), then both ones stretch. No data are copied.",
    },
    {
      ask: "How do you centre each row of an (n, d) array?",
      answer:
        "x − x.mean(axis = 1, keepDims): shapes (n, d) and (n, 1). Without keepDims (n) aligns with d and fails, or silently centres the wrong axis if n = d.",
    },
  ],
  derivation: String.raw`Align $(B,n,1)$ and $(1,d)$ at the right: $(B,n,1)$, $(1,1,d)$. On each axis lengths are equal or one of them is 1, so the result is $(B,n,d)$ with $z_{bij}=x_{bi1}+y_{11j}$. An axis of length 1 gets stride 0, which is why nothing is copied.

A batched product is $z_{bij}=\sum_kx_{bik}\,y_{bkj}$: the last axis of the left meets the second last of the right, $b$ is carried along and broadcasts.

The sum over an axis of a product is linear in both, so $(XW)A=X(WA)$; the cheaper order depends on the shapes.`,
  covers: ["math/ndarray"],
  answers: ["q-a-292", "q-a-293"],
  verifiedAgainst: ["definitions, entry by entry, on random shapes (property tests)"],
  budget: "quick",
  controls: {
    tokens: slider(2, 24, 10, { label: "tokens n" }),
    width: slider(1, 64, 16, { label: "width d" }),
  },
  run(lab, { tokens, width }) {
    const random = lab.random();
    const normal = (...shape: number[]) =>
      new NdArray(
        Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
        shape,
      );
    const batch = 3;
    const Q = normal(batch, tokens, width);
    const K = normal(batch, tokens, width);
    const V = normal(batch, tokens, width);
    const scores = Q.matmul(K.transpose([0, 2, 1])).div(Math.sqrt(width));
    const weights = softmax(scores, { axis: -1 });
    const out = weights.matmul(V);
    const first = weights.slice(0, 0, 1);
    lab.plot(
      figure(
        [
          {
            type: "field",
            x: [0, tokens],
            y: [0, tokens],
            cols: tokens,
            rows: tokens,
            values: Array.from(first.data),
          },
        ],
        {
          title: "softmax(QKᵀ/√d) of the first sequence, (n, n)",
          x: { label: "key" },
          y: { label: "query" },
          square: true,
          alt: `A ${tokens} by ${tokens} table of attention weights computed by a batched product; every row sums to 1.`,
        },
      ),
    );
    const most = (a: NdArray) => a.abs().max().data[0]!;
    let naive = 0;
    for (let b = 0; b < batch; b++) {
      const q = Q.slice(0, b, b + 1).data;
      const k = K.slice(0, b, b + 1).data;
      for (let i = 0; i < tokens; i++)
        for (let j = 0; j < tokens; j++) {
          const direct = dot(q.subarray(i * width, (i + 1) * width), k.subarray(j * width, (j + 1) * width));
          naive = Math.max(naive, Math.abs(direct / Math.sqrt(width) - scores.at(b, i, j)));
        }
    }
    lab.check("batched QKᵀ against one dot product per entry", naive, { atMost: 1e-13 });
    lab.check("shape of the product", out.shape.join(" × "), { equals: `${batch} × ${tokens} × ${width}` });
    lab.check("rows of the weights sum to 1", most(weights.sum({ axis: -1 }).sub(1)), { atMost: 1e-14 });

    const X = normal(tokens, width);
    const centred = X.sub(X.mean({ axis: 1, keepDims: true }));
    lab.check("broadcast: largest row mean after centring", most(centred.mean({ axis: 1 })), {
      atMost: 1e-14,
    });
    const bias = normal(width);
    const biased = X.add(bias);
    lab.check(
      "a bias of shape (d) reaches every row",
      range(tokens).every((i) => range(width).every((j) => biased.at(i, j) === X.at(i, j) + bias.at(j))),
      { equals: true },
    );
    const [W, A] = [normal(width, 4), normal(4, width)];
    lab.check(
      "(XW)A = X(WA), relative",
      most(
        X.matmul(W)
          .matmul(A)
          .sub(X.matmul(W.matmul(A))),
      ) / most(X.matmul(W).matmul(A)),
      { atMost: 1e-13 },
    );
    lab.check("(XW)ᵀ = WᵀXᵀ", most(X.matmul(W).transpose().sub(W.transpose().matmul(X.transpose()))), {
      atMost: 1e-13,
    });
    const best = X.argmax({ axis: 1 });
    lab.check(
      "argmax along an axis picks the maximum",
      range(tokens).every((i) => X.at(i, best.at(i)) === X.max({ axis: 1 }).at(i)),
      { equals: true },
    );
    const relu = NdArray.where(X.greater(0), X, 0);
    lab.check("where(x > 0, x, 0) is max(x, 0)", most(relu.sub(X.maximum(0))), { equals: 0 });
    lab.check("stack of three (n, d) arrays", NdArray.stack([X, X, X]).shape.join(" × "), {
      equals: `3 × ${tokens} × ${width}`,
    });
    lab.check("log undoes exp", most(X.exp().log().sub(X)), { atMost: 1e-13 });
    const [a, b] = [X.slice(0, 0, 1).data, X.slice(0, 1, 2).data];
    const chord = norm2(a.map((v, i) => v - b[i]!)) ** 2;
    lab.check(
      "a·b from lengths alone: (|a|² + |b|² − |a − b|²) / 2",
      (norm2(a) ** 2 + norm2(b) ** 2 - chord) / 2,
      { equals: dot(a, b), within: 1e-10 },
    );
    let refused = false;
    try {
      normal(2, 3).add(normal(2, 4));
    } catch {
      refused = true;
    }
    lab.check("shapes (2, 3) and (2, 4) are refused", refused, { equals: true });
  },
});
