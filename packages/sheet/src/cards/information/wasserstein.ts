import { jsDivergence, wasserstein } from "whetstone/information";
import { ecdf, ksTest } from "whetstone/stats";
import { card, choice, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "information/wasserstein",
  title: "Wasserstein: how far the earth must move",
  formula: String.raw`W_1(P,Q)=\int|F_P(x)-F_Q(x)|\,dx=\int_0^1|F_P^{-1}(u)-F_Q^{-1}(u)|\,du`,
  ask: "What does the Wasserstein distance measure, and where does it beat KL or KS as a drift score?",
  answer:
    "The least mean distance that mass must travel: the area between the distribution functions, in the unit of the data. It is finite and grows with the gap when supports are disjoint, where KL is infinite and JS stuck at log 2, and it needs no bins. It sees how far, KS only how much.",
  pitfall:
    "It is not robust to outliers: 0.1 % of rows at 10⁴ add 10 to it, while KS moves by 0.001. And it has a unit: scale features before comparing them.",
  level: "medium",
  whenNot:
    "In many dimensions exact transport costs n³ log n and its estimate converges like n^(−1/d): use sliced or regularised transport, or a kernel distance.",
  followUps: [
    {
      ask: "Why did it help GANs?",
      answer:
        "It stays finite and smooth when supports do not overlap, so the generator gets a slope. WGAN estimates it by its dual: a critic with slope at most 1.",
    },
    {
      ask: "What is its dual form?",
      answer:
        "W₁ = sup over functions f with slope at most 1 of E_P f − E_Q f (Kantorovich–Rubinstein): the best price list for moving earth.",
    },
  ],
  derivation: String.raw`In one dimension crossing routes never help: if $x_1\le x_2$ and $y_1\le y_2$, then $|x_1-y_1|+|x_2-y_2|\le|x_1-y_2|+|x_2-y_1|$. So the best plan is monotone, the $u$-quantile of $P$ goes to that of $Q$: $W_1=\int_0^1|F_P^{-1}(u)-F_Q^{-1}(u)|\,du$.

The area between the two distribution functions read sideways is $\int|F_P-F_Q|\,dx$. At each $x$, $|F_P-F_Q|$ is the net mass that must cross there.

A shift by $s$ moves every quantile by $s$: $W_1=|s|$. A share $\epsilon$ of rows at distance $D$ adds about $\epsilon D$: $0.001\cdot10^4=10$.`,
  covers: ["information/wasserstein", "claim-a-153"],
  verifiedAgainst: ["SciPy 1.10 stats.wasserstein_distance"],
  budget: "quick",
  controls: {
    shift: slider(0, 8, 2, { label: "shift, in σ", step: 0.25 }),
    outliers: slider(0, 2, 0, { label: "outliers, % of rows", step: 0.1 }),
    far: slider(1, 4, 2, { label: "at 10^k", step: 0.5 }),
    show: choice(["distribution functions", "by shift"], "distribution functions", { label: "figure" }),
  },
  run(lab, { shift, outliers, far, show }) {
    const random = lab.random();
    const n = 2000;
    const a = random.fillNormal(new Float64Array(n));
    const b = a.map((_, i) => (i < (outliers / 100) * n ? 10 ** far : random.normal(shift, 1)));
    const [F, G] = [ecdf(a), ecdf(b)];
    const x = linspace(-4, 12, 200);
    const W = wasserstein(a, b);
    if (show === "distribution functions") {
      lab.plot(
        figure(
          [
            {
              type: "band",
              name: "area = W₁",
              x,
              low: x.map((v) => Math.min(F(v), G(v))),
              high: x.map((v) => Math.max(F(v), G(v))),
            },
            { type: "line", name: "before", x, y: x.map(F) },
            { type: "line", name: "after", x, y: x.map(G) },
          ],
          {
            title: `W₁ = ${W.toFixed(2)}, KS = ${ksTest(a, b, { method: "asymptotic" }).statistic.toFixed(3)}`,
            x: { label: "value" },
            y: { label: "share ≤ x", domain: [0, 1] },
            alt: `Two distribution functions ${shift} apart; the area between them is the Wasserstein distance ${W.toFixed(2)}.`,
          },
        ),
      );
    } else {
      const shifts = linspace(0, 8, 33);
      const grid = linspace(-5, 13, 91);
      const histogram = (values: Float64Array) =>
        grid.map((v) => values.filter((u) => u >= v && u < v + 0.2).length + 1e-9);
      lab.plot(
        figure(
          [
            {
              type: "line",
              name: "W₁",
              x: shifts,
              y: shifts.map((s) =>
                wasserstein(
                  a,
                  a.map((v) => v + s),
                ),
              ),
            },
            {
              type: "line",
              name: "KS",
              x: shifts,
              y: shifts.map(
                (s) =>
                  ksTest(
                    a,
                    a.map((v) => v + s),
                    { method: "asymptotic" },
                  ).statistic,
              ),
            },
            {
              type: "line",
              name: "JS of histograms",
              x: shifts,
              y: shifts.map((s) => jsDivergence(histogram(a), histogram(a.map((v) => v + s)))),
            },
            { type: "rule", x: shift, label: "yours" },
          ],
          {
            x: { label: "shift, in σ" },
            y: {},
            alt: "Scores by shift: Wasserstein grows in proportion, KS and JS level off once the samples are apart.",
          },
        ),
      );
    }
    lab.check(
      "a pure shift by s costs s",
      wasserstein(
        a,
        a.map((v) => v + 3.5),
      ),
      { equals: 3.5, within: 1e-12 },
    );
    lab.check("(0, 1, 3) to (5, 6, 8)", wasserstein([0, 1, 3], [5, 6, 8]), { equals: 5, within: 1e-14 });
    const [u, v] = [random.fillNormal(new Float64Array(50)), random.fillNormal(new Float64Array(50), 1, 2)];
    const [su, sv] = [u.slice().sort(), v.slice().sort()];
    lab.check("equal sizes: mean distance of the sorted values", wasserstein(u, v), {
      equals: range(50).reduce((s, i) => s + Math.abs(su[i]! - sv[i]!), 0) / 50,
      within: 1e-12,
    });
    const clean = random.fillNormal(new Float64Array(10_000));
    const dirty = clean.map((w, i) => (i < 10 ? 1e4 : w));
    lab.check("0.1 % of rows at 10⁴: W₁", wasserstein(clean, dirty), { equals: 10, within: 0.1 });
    lab.check("KS of the same", ksTest(clean, dirty, { method: "asymptotic" }).statistic, {
      equals: 0.001,
      within: 2e-4,
    });
    lab.check(
      "disjoint samples, twice the gap: W₁ doubles",
      wasserstein([0, 0], [10, 10]) / wasserstein([0, 0], [5, 5]),
      { equals: 2, within: 1e-12 },
    );
    lab.check(
      "units: values × 1000",
      wasserstein(
        u.map((w) => 1000 * w),
        v.map((w) => 1000 * w),
      ) / wasserstein(u, v),
      { equals: 1000, within: 1e-6 },
    );
  },
});
