import { softmax } from "whetstone/math";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "math/temperature",
  title: "Temperature moves probability, never the winner",
  formula: String.raw`p_i(T)=\frac{e^{z_i/T}}{\sum_j e^{z_j/T}},\qquad T\to0:\ \text{one-hot},\quad T\to\infty:\ \tfrac1K`,
  ask: "What does the softmax temperature change, and what does it leave alone?",
  answer:
    "Dividing the logits by T scales every gap between them. Below 1 the distribution sharpens towards the largest logit, above 1 it flattens towards uniform. The order of the classes, and so the argmax, is the same for every T > 0.",
  pitfall:
    "T = 0 is a limit, not a division: implementations switch to argmax there. With two equal largest logits the limit shares the mass between them instead of picking one.",
  level: "easy",
  whenNot:
    "To correct confidence that is wrong in different directions: one T cannot. To forbid bad tokens use top-p or a mask, not a low temperature alone.",
  followUps: [
    {
      ask: "Temperature and top-p: in which order?",
      answer:
        "Usually temperature first: it changes which tokens fall within the top-p mass. Document the order; results differ.",
    },
    {
      ask: "Why is distillation done at T > 1?",
      answer:
        "It lifts small probabilities, so the student sees which wrong classes are near. The gradient scales with 1/T², so the loss is multiplied by T².",
    },
  ],
  derivation: String.raw`The log-odds of two classes are $\frac{z_i-z_j}T$: every gap is divided by $T$, the sign stays, so the order does.

As $T\to0$ gaps grow without bound: the largest logit takes all, or ties share it equally. As $T\to\infty$ gaps vanish: uniform, $\tfrac1K$.

The slope of $\log p_i$ in $\beta=1/T$ is $z_i-\sum_jp_jz_j$. For the winner this is $\ge0$: its probability can only fall as $T$ rises. Entropy grows: with $H=-\sum p_i\log p_i$ and $\log p_i=\beta z_i-\log\sum_je^{\beta z_j}$ one finds $\frac{dH}{d\beta}=-\beta\operatorname{Var}_p(z)\le0$, so $H$ falls with $\beta$ and rises with $T$, from $0$ (without ties) to $\log K$.`,
  covers: ["claim-b-005", "claim-b-006"],
  verifiedAgainst: ["closed forms", "SciPy 1.10 special.softmax"],
  budget: "quick",
  controls: {
    T: slider(0.05, 10, 1, { label: "temperature T", scale: "log" }),
    classes: slider(2, 12, 5, { label: "classes" }),
  },
  run(lab, { T, classes }) {
    const random = lab.random();
    const z = Float64Array.from({ length: classes }, () => random.normal(0, 2))
      .sort()
      .reverse();
    const at = (t: number) => softmax(z.map((v) => v / t));
    const temperatures = linspace(-1.5, 1.5, 61).map((e) => 10 ** e);
    lab.plot(
      figure(
        [
          ...range(classes).map((i) => ({
            type: "line" as const,
            name: `class ${i + 1}`,
            x: temperatures,
            y: temperatures.map((t) => at(t)[i]!),
          })),
          { type: "rule", x: T, label: "T" },
        ],
        {
          x: { label: "temperature", scale: "log" },
          y: { label: "probability", domain: [0, 1] },
          alt: `Probabilities of ${classes} classes by temperature: one line rises to 1 on the left, all meet at 1/${classes} on the right, and no two cross.`,
        },
      ),
    );
    const winner = (p: Float64Array) => p.indexOf(Math.max(...p));
    lab.check(
      "temperatures at which the winner changes, of 61",
      temperatures.filter((t) => winner(at(t)) !== 0).length,
      { equals: 0 },
    );
    lab.check("probability of the largest logit at T = 0.001", at(0.001)[0]!, { above: 0.999 });
    const hot = at(1e6);
    lab.check(
      "largest distance from uniform at T = 10⁶",
      Math.max(...hot.map((v) => Math.abs(v - 1 / classes))),
      { below: 1e-4 },
    );
    const top = temperatures.map((t) => at(t)[0]!);
    lab.check(
      "the winner's probability falls with T",
      top.every((v, i) => i === 0 || v <= top[i - 1]!),
      { equals: true },
    );
    lab.check(
      "two equal largest logits at T = 0.001: each gets",
      softmax([3, 3, 1].map((v) => v / 0.001))[0]!,
      { equals: 0.5 },
    );
  },
});
