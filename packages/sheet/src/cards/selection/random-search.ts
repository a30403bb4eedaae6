import { DummyRegressor } from "whetstone/dummy";
import { gridSearch, randomSearch } from "whetstone/selection";
import { mean, standardDeviation } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "selection/random-search",
  title: "Random search wins when few parameters matter",
  formula: String.raw`\mathbb E\,\text{miss}_{\text{grid}}=\frac1{4\sqrt N}\;\;\text{vs}\;\;\mathbb E\,\text{miss}_{\text{random}}=\frac{N+3}{2(N+1)(N+2)}\quad(\text{one of two matters})`,
  ask: "Why does random search often beat a grid of the same budget, and when does it not?",
  answer:
    "A 3 × 3 grid tries nine points but only three values of each parameter. If one parameter decides, six trials repeat what is known, while nine random points try nine values of it. With one of two parameters mattering the mean miss is 0.055 against 0.083. Where both matter equally the grid's even spacing wins.",
  pitfall:
    "The advantage is about wasted repeats, not about luck being clever: in one dimension, or with all parameters equally important, an even grid is better. Draw rates and penalties on a log scale.",
  level: "medium",
  whenNot:
    "With one or two parameters, or all equally important, an even grid covers better. With very costly trials use Bayesian optimisation; with early signals, Hyperband.",
  followUps: [
    {
      ask: "How many random trials give a top-5 % point with 95 % chance?",
      answer:
        "1 − 0.95ⁿ ≥ 0.95 gives n = 59, whatever the number of parameters. Top 5 % of the searched volume, that is: useless if the ranges are wrong.",
    },
    {
      ask: "What is better than uniform random?",
      answer:
        "Quasi-random points (Sobol, Latin hypercube) keep the distinct values and avoid clumps. Then spend the budget unevenly: stop bad trials early.",
    },
  ],
  derivation: String.raw`An even grid of $s=\sqrt N$ values has its points at the middles of $s$ cells; the optimum is on average a quarter of a cell away, $1/(4s)$.

Random: no point of $N$ lies within $r$ of an optimum at $x$ with chance $(1-\ell)^N$, where $\ell$ is the length of $[x-r,x+r]$ inside $[0,1]$: $2r$ in the middle, $x+r$ near the edge 0. The mean over $x$ is $(1-2r)_+^{N+1}+\frac2{N+1}\big[(1-r)^{N+1}-(1-2r)_+^{N+1}\big]$. The mean distance is its integral over $r$: $\frac1{2(N+2)}+\frac2{N+1}\cdot\frac1{2(N+2)}=\frac{N+3}{2(N+1)(N+2)}$. It falls like $\frac1{2N}$, not $\frac1{4\sqrt N}$: at $N=9$ 0.055 against 0.083. Every random trial is a new value of the parameter that matters, whatever the others do.`,
  covers: ["selection/random-search", "claim-a-295"],
  answers: ["q-a-100"],
  verifiedAgainst: ["closed forms of both expected misses", "draws within their ranges, repeatable by seed"],
  budget: "quick",
  controls: {
    side: slider(2, 5, 3, { label: "grid side (budget: its square)", step: 1 }),
    weight: slider(0, 1, 0, { label: "weight of the second parameter", step: 0.05 }),
    problems: slider(100, 500, 250, { label: "problems averaged", step: 50 }),
  },
  run(lab, { side, weight, problems }) {
    const random = lab.random();
    // A model whose error is how far its settings are from the best ones of the problem.
    const problem = (best: { x: number; z: number }, share: number) => ({
      miss: (v: { x: number; z: number }) => Math.abs(v.x - best.x) + share * Math.abs(v.z - best.z),
      best,
    });
    const X = [[0], [0], [0], [0]];
    const options = (p: ReturnType<typeof problem>) => ({
      cv: 2,
      scoring: "mae",
      refit: false,
      apply: (_: unknown, values: Readonly<Record<string, unknown>>) =>
        new DummyRegressor({ strategy: "constant", constant: p.miss(values as { x: number; z: number }) }),
    });
    const unit = { low: 0, high: 1, scale: "linear", integer: false } as const;
    const run = (p: ReturnType<typeof problem>, s: number, seed: number) => {
      const levels = range(s).map((i) => (i + 0.5) / s);
      const start = new DummyRegressor();
      const grid = gridSearch(start, X, [0, 0, 0, 0], { x: levels, z: levels }, options(p));
      const drawn = randomSearch(
        start,
        X,
        [0, 0, 0, 0],
        { x: unit, z: unit },
        { ...options(p), nIter: s * s, seed },
      );
      return { grid, drawn };
    };
    const compare = (s: number, share: number, count: number) => {
      const misses = range(count).map((i) => {
        const { grid, drawn } = run(
          problem({ x: random.uniform(), z: random.uniform() }, share),
          s,
          lab.seed * 10_000 + i,
        );
        return [grid.bestScore, drawn.bestScore] as const;
      });
      return { grid: misses.map((m) => m[0]), random: misses.map((m) => m[1]) };
    };

    const shown = problem({ x: random.uniform(), z: random.uniform() }, weight);
    const { grid, drawn } = run(shown, side, lab.seed);
    const points = (found: typeof grid, name: string) => ({
      type: "points" as const,
      name,
      x: found.candidates.map((c) => c.values.x as number),
      y: found.candidates.map((c) => c.values.z as number),
      size: 4,
    });
    const rug = (found: typeof grid, name: string, y: number) => ({
      type: "points" as const,
      name,
      x: found.candidates.map((c) => c.values.x as number),
      y: found.candidates.map(() => y),
      size: 2,
    });
    lab.plot(
      figure(
        [
          points(grid, "grid"),
          points(drawn, "random"),
          rug(grid, "grid", -0.06),
          rug(drawn, "random", -0.12),
          { type: "rule", name: "best x", x: shown.best.x },
        ],
        {
          title: `${side * side} trials; below: the values of x they tried`,
          x: { label: "parameter that matters", domain: [0, 1] },
          y: { label: `second parameter, weight ${weight}`, domain: [-0.16, 1] },
          alt: `${side * side} grid points share only ${side} values of the important parameter, as many random points all have different ones; some lie closer to the best value.`,
        },
      ),
    );
    const own = compare(side, weight, problems);
    lab.table({
      columns: ["search", "trials", "mean miss", "standard error"],
      rows: (["grid", "random"] as const).map((name) => [
        name,
        side * side,
        Number(mean(own[name]).toFixed(4)),
        Number((standardDeviation(own[name]) / Math.sqrt(problems)).toFixed(4)),
      ]),
      caption: `${problems} problems, the second parameter weighted ${weight}.`,
    });
    const one = compare(3, 0, problems);
    const N = 9;
    lab.check("one of two matters, 9 trials: mean miss of the grid", mean(one.grid), {
      equals: 1 / 12,
      within: 0.014,
    });
    lab.check("of random search", mean(one.random), {
      equals: (N + 3) / (2 * (N + 1) * (N + 2)),
      within: 0.016,
    });
    lab.check("random over grid", mean(one.random) / mean(one.grid), { below: 0.9 });
    const both = compare(3, 1, problems);
    lab.check("both matter equally: random over grid", mean(both.random) / mean(both.grid), { above: 1.05 });
    const distinct = (found: typeof grid) => new Set(found.candidates.map((c) => c.values.x)).size;
    lab.check("values of x a grid tries", distinct(grid), { equals: side });
    lab.check("values of x random search tries", distinct(drawn), { equals: side * side });
  },
});
