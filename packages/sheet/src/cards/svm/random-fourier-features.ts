import { gramMatrix, Matrix } from "whetstone/math";
import { Nystroem, RBFSampler } from "whetstone/svm";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "svm/random-fourier-features",
  title: "Random Fourier features stand in for the RBF kernel",
  formula: String.raw`z(x)=\sqrt{\tfrac2D}\cos(\Omega^\top x+b),\quad \omega\sim\mathcal N(0,2\gamma I),\quad z(x)^\top z(x')\approx e^{-\gamma\lVert x-x'\rVert^2}`,
  ask: "What replaces a Gram matrix that does not fit, and how good is it?",
  answer:
    "The RBF kernel is the mean of cosines over random frequencies (Bochner). D random features give an unbiased estimate whose error falls like 1/√D, and a linear model on them costs O(nD). Nyström builds features from a subset of rows instead and often needs fewer.",
  pitfall:
    "Ten times more accuracy costs a hundred times more features, and far pairs, whose kernel is near zero, still get noise of size 1/√D.",
  level: "hard",
  whenNot:
    "When n is small, the exact kernel is cheaper and better. When the Gram matrix's spectrum falls fast, Nyström needs fewer columns. Without a shift-invariant kernel the cosines do not apply.",
  followUps: [
    {
      ask: "Why does Nyström often need fewer features?",
      answer:
        "Its columns come from the data: with m landmark rows it is exact on their span, and a spectrum that falls fast leaves little outside. Random frequencies ignore the data.",
    },
    {
      ask: "Where do the frequencies of other kernels come from?",
      answer:
        "From the kernel's Fourier transform, a density if the kernel is shift-invariant and k(x, x) = 1: normal for RBF, Cauchy per column for the Laplacian kernel.",
    },
  ],
  derivation: String.raw`A shift-invariant kernel with $k(0)=1$ is the Fourier transform of a probability density (Bochner): $k(\delta)=\mathbb E_\omega\cos(\omega^\top\delta)$. For $e^{-\gamma\lVert\delta\rVert^2}$ that density is $\mathcal N(0,2\gamma I)$.

With a phase $b$ uniform on $[0,2\pi]$, $2\cos(\omega^\top x+b)\cos(\omega^\top x'+b)=\cos(\omega^\top(x-x'))+\cos(\omega^\top(x+x')+2b)$. The last term has mean $0$, so one pair of features is an unbiased estimate.

Averaging $D$ independent pairs keeps the mean and divides the variance by $D$. One pair has variance at most $\tfrac32$ less what the mean explains, so the error is at most about $\sqrt{1.5/D}$: ten times less error needs a hundred times the features.`,
  covers: ["svm/random-fourier-features", "claim-b-294"],
  verifiedAgainst: ["the exact Gram matrix", "the variance bound of a feature pair"],
  budget: "quick",
  controls: {
    D: slider(10, 2000, 200, { label: "features D", scale: "log" }),
    gamma: slider(0.05, 5, 0.5, { label: "γ", scale: "log" }),
  },
  run(lab, { D, gamma }) {
    const random = lab.random();
    const n = 60;
    const X = Matrix.zeros(n, 3).map(() => random.normal());
    const K = gramMatrix({ kind: "rbf", gamma }, X);
    const features = Math.round(D);
    const dots = (Z: Matrix) => Z.matmul(Z.transpose());
    const sampled = (d: number, seed: number) =>
      dots(new RBFSampler({ gamma, nComponents: d, seed }).fit(X).transform(X));
    const G = sampled(features, lab.seed);
    const pairs = range(n * n).filter((c) => c % n < Math.floor(c / n));
    lab.plot(
      figure(
        [
          {
            type: "points",
            name: "pairs of rows",
            x: pairs.map((c) => K.data[c]!),
            y: pairs.map((c) => G.data[c]!),
            size: 1,
          },
          { type: "line", name: "exact", x: [0, 1], y: [0, 1] },
        ],
        {
          title: `D = ${features}`,
          x: { label: "kernel" },
          y: { label: "z(x)·z(x′)" },
          alt: `Estimated against exact kernel values for ${features} features: a band around the diagonal that narrows with more features.`,
        },
      ),
    );
    const error = (A: Matrix) =>
      Math.sqrt(A.data.reduce((s, v, c) => s + (v - K.data[c]!) ** 2, 0) / (n * n));
    const at = (d: number) =>
      Math.sqrt(range(8).reduce((s, seed) => s + error(sampled(d, seed + 10 * lab.seed)) ** 2 / 8, 0));
    const sizes = [25, 100, 400, 1600];
    const errors = sizes.map(at);
    lab.plot(
      figure(
        [
          { type: "line", name: "measured", x: sizes, y: errors },
          {
            type: "line",
            name: "1/√D",
            x: sizes,
            y: sizes.map((d) => errors[0]! * Math.sqrt(25 / d)),
            dashed: true,
          },
        ],
        {
          title: "error of the kernel",
          x: { label: "D", scale: "log" },
          y: { scale: "log" },
          alt: "The error falls along the line one over the root of D.",
        },
      ),
    );
    lab.check("64 times the features: error falls by", errors[0]! / errors[3]!, {
      equals: 8,
      relative: 0.25,
    });
    lab.check("error at D = 1600 against the bound √(1.5 / D)", errors[3]! / Math.sqrt(1.5 / 1600), {
      atMost: 1,
    });
    const mean = Matrix.zeros(n, n);
    for (const seed of range(40))
      sampled(50, seed + 100 * lab.seed).data.forEach((v, c) => void (mean.data[c]! += v / 40));
    lab.check("unbiased: the mean of 40 draws of D = 50 over one", error(mean) / at(50), { below: 0.3 });
    const whole = dots(new Nystroem({ gamma, nComponents: n }).fit(X).transform(X));
    lab.check("Nyström on all rows is exact", error(whole), { atMost: 1e-4 });
  },
});
