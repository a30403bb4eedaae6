import { EntityEmbedding, Linear, mse } from "whetstone/nn";
import { Adam } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/entity-embeddings",
  title: "Entity embeddings: categories that act alike end up close",
  formula: String.raw`\text{category }c\mapsto E_c\in\mathbb R^k,\qquad E\ \text{learned with the net}`,
  ask: "What are entity embeddings of categories, and when do they give a network the edge over trees?",
  answer:
    "A learned vector of a few numbers for each category, in place of a one-hot column each. Categories with like effects get like vectors, so what is learned for one serves the others: it helps with many categories, with several columns that interact, and when the vectors are used again elsewhere.",
  pitfall:
    "A category seen in three rows gets a vector fitted to three rows. Regularise, or pool rare ones; unknown ones need an answer too.",
  level: "medium",
  whenNot:
    "With few levels one-hot columns do as well and are simpler. With few rows for each level use shrunken target encoding or a mixed model. If the final model is boosted trees, try its native categorical splits first.",
  followUps: [
    {
      ask: "How long should the vectors be?",
      answer:
        "It is tuned like any width. Rules such as min(50, K/2) are only a start; take 4 to 16 for hundreds of levels and lengthen while the validation loss still falls.",
    },
    {
      ask: "How do you serve a category that training never saw?",
      answer:
        "Keep an index for unknown and train it: replace a few per cent of the categories by it at random, or send all rare ones to it. A vector that was never trained is noise; zeros are a neutral fallback.",
    },
  ],
  derivation: String.raw`With the one-hot row $e_c$ the product $e_c^\top E$ picks row $E_c$: an embedding is a linear layer without bias on one-hot columns, and a lookup saves the $Kk$ multiplications by zeros and ones.

Its gradient is $\nabla_{E_c}L=\sum_{i:\,c_i=c}\nabla_{v_i}L$, over the rows of that category only. A category of three rows is fitted to three rows.

If a layer of width $H$ follows, the category's part of it is row $c$ of $EW$: a $K\times H$ table of effects of rank at most $k$. It needs $Kk+kH$ numbers instead of $KH$: for $K=1000$, $k=8$, $H=64$ that is 8,512 against 64,000. The $k$ directions of $W$ are learned from all categories together, and two with the same row of effects need the same coordinates (if $W$ has rank $k$): alike ones end up close.`,
  covers: ["nn/entity-embeddings"],
  answers: ["q-b-230"],
  verifiedAgainst: ["PyTorch 1.13 Embedding, value and gradient, 1e-9", "groups planted in the data"],
  budget: "quick",
  controls: {
    dim: slider(1, 4, 2, { label: "vector length" }),
    steps: slider(20, 120, 80, { label: "steps", step: 20 }),
  },
  run(lab, { dim, steps }) {
    const random = lab.random("data");
    const cities = 12;
    // Three hidden kinds of city: the effect of x is by kind.
    const effect = [-2, 0, 2];
    const rows = range(96).map((i) => ({ city: i % cities, x: random.normal() }));
    const codes = Tensor.from(
      Int32Array.from(rows, (r) => r.city),
      { shape: [-1, 1] },
    );
    const x = Tensor.from(
      Float32Array.from(rows, (r) => r.x),
      { shape: [-1, 1] },
    );
    const y = Tensor.from(
      Float32Array.from(rows, (r) => effect[r.city % 3]! * (1 + 0.5 * r.x)),
      { shape: [-1, 1] },
    );
    const fit = (length: number, count: number) => {
      const embed = new EntityEmbedding([cities], { dims: [length], seed: lab.random(`e${length}`) });
      const table = embed.columns[0]!.weight;
      table.become(table.mul(0.1), true);
      const head = new Linear(2 * length + 1, 1, { seed: lab.random("head") });
      const forward = () => {
        const v = embed.forward(codes);
        return head.forward(Tensor.concat([v, v.mul(x), x], 1));
      };
      const optimizer = new Adam([...embed.parameters(), ...head.parameters()], { lr: 0.05 });
      for (let i = 0; i < count; i++) {
        optimizer.zeroGrad();
        mse(forward(), y).backward();
        optimizer.step();
      }
      return {
        vectors: table.toArray() as number[][],
        error: mse(forward(), y).item() / y.variance().item(),
        embed,
      };
    };
    const shown = fit(dim, steps);
    lab.plot(
      figure(
        range(3).map((k) => ({
          type: "points" as const,
          name: `kind ${k + 1}`,
          x: shown.vectors.filter((_, c) => c % 3 === k).map((v) => v[0]!),
          y: shown.vectors.filter((_, c) => c % 3 === k).map((v) => v[1] ?? 0),
        })),
        {
          x: { label: "first number" },
          y: { label: "second number" },
          alt: "Learned vectors of twelve cities fall into three clusters, the three kinds that were planted.",
        },
      ),
    );
    const { vectors, error, embed } = fit(2, 120);
    const apart = (a: number, b: number) => Math.hypot(...vectors[a]!.map((v, i) => v - vectors[b]![i]!));
    const pairs = range(cities).flatMap((a) => range(a).map((b) => [a, b] as const));
    const mean = (list: readonly (readonly [number, number])[]) =>
      list.reduce((s, [a, b]) => s + apart(a, b), 0) / list.length;
    const same = mean(pairs.filter(([a, b]) => a % 3 === b % 3));
    const other = mean(pairs.filter(([a, b]) => a % 3 !== b % 3));
    lab.check("distance within kinds over distance between them", same / other, { below: 0.5 });
    lab.check("unexplained share of the target's variance", error, { below: 0.1 });
    lab.check("numbers for twelve cities: vectors of length 2", embed.parameterCount(), { equals: 24 });
    lab.check(
      "an unknown category gives zeros",
      embed
        .forward(Tensor.from([[-1]], { dtype: "i32" }))
        .abs()
        .max()
        .item(),
      { equals: 0 },
    );
  },
});
