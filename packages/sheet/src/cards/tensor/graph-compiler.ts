import { computeUnfused, describePlan, noGrad, Tensor } from "whetstone/tensor";
import { card, choice, figure, slider } from "../../index.ts";

type Build = (x: Tensor) => Tensor;

const graphs: Record<string, Build> = {
  chain: (x) => {
    let y = x;
    for (let i = 0; i < 5; i++) y = y.mul(1.01).add(0.1);
    return y;
  },
  softmax: (x) => x.softmax(-1),
  "layer norm": (x) => {
    const centred = x.sub(x.mean(-1, true));
    return centred.mul(centred.square().mean(-1, true).add(1e-5).rsqrt());
  },
  GELU: (x) => x.mul(0.5).mul(x.div(Math.SQRT2).erf().add(1)),
};

export default card({
  id: "tensor/graph-compiler",
  title: "Fusion: ten operations, one walk through memory",
  formula: String.raw`t\ \approx\ \sum_{\text{kernels}}\max\!\Big(\frac{\text{bytes}}{\text{bandwidth}},\ \frac{\text{operations}}{\text{throughput}}\Big)`,
  ask: "What does a graph compiler such as TensorRT or XLA gain on element-wise operations?",
  answer:
    "Element-wise operations and reductions are bound by memory, not arithmetic: run one by one, each reads its input and writes its output. A compiler that sees the whole graph emits one kernel that keeps intermediates in registers, so ten operations cost about one trip through memory, and intermediates need no memory at all. The result stays the same within rounding.",
  pitfall:
    "Fusing does not speed up what is bound by arithmetic: a large matrix product stays as slow as it was, only what stands around it gets cheaper.",
  level: "hard",
  whenNot:
    "For models that change shape at every step, or while debugging: compiling costs more than it gains. And big matrix products are bound by arithmetic, where fusion gains little.",
  followUps: [
    {
      ask: "What breaks a graph into several kernels?",
      answer:
        "Reductions whose result is needed everywhere, calls into libraries (products, convolutions), changes of layout, branches on values, and limits on registers.",
    },
    {
      ask: "How do you tell memory-bound from compute-bound?",
      answer:
        "Operations per byte against the machine's ratio (roofline): an element-wise add does 1 operation per 12 bytes, a large product hundreds per byte.",
    },
  ],
  derivation: String.raw`A kernel that reads and writes $B$ bytes and does $F$ operations needs at least $\max(B/\text{bandwidth},\,F/\text{throughput})$. An element-wise operation on $n$ floats moves $8n$ bytes (read and write) for $n$ operations, far below what a processor does per byte: memory is the bound.

Ten in a row move $80n$ bytes. Fused they read once and write once, $8n$ bytes, ten times less; the intermediates live in registers and need no memory.

A product of $n\times n$ matrices does $2n^3$ operations on $12n^2$ bytes: bound by arithmetic from moderate $n$ on, so only what surrounds it gets cheaper.`,
  covers: ["tensor/graph-compiler"],
  verifiedAgainst: ["the same graph computed operation by operation", "the reference backend, 2e-6"],
  budget: "costly",
  controls: {
    graph: choice(["chain", "softmax", "layer norm", "GELU"], "layer norm"),
    rows: slider(16, 256, 128, { label: "rows", step: 16 }),
    columns: slider(16, 512, 256, { label: "columns", step: 16 }),
  },
  run(lab, { graph, rows, columns }) {
    const random = lab.random();
    const values = Float32Array.from({ length: rows * columns }, () => random.normal());
    const x = Tensor.from(values, { shape: [rows, columns] }).realize();
    const build = graphs[graph]!;
    const report = noGrad(() => describePlan(build(x)));
    const time = (compute: () => Tensor) => {
      const times: number[] = [];
      for (let i = 0; i < 6; i++) {
        const start = performance.now();
        compute();
        times.push(performance.now() - start);
      }
      return Math.min(...times.slice(1));
    };
    const fused = noGrad(() => build(x).data());
    const unfused = noGrad(() => computeUnfused(build(x)).data());
    const together = time(() => noGrad(() => build(x).realize()));
    const apart = time(() => noGrad(() => computeUnfused(build(x))));
    const shares = [
      report.kernels / report.operations,
      report.plannedBytes / report.unplannedBytes,
      together / apart,
    ];
    lab.plot(
      figure(
        [
          { type: "bars", name: "fused", x: ["kernels", "memory for intermediates", "time"], y: shares },
          { type: "rule", y: 1, label: "operation by operation" },
        ],
        {
          x: { scale: "band" },
          y: { label: "share of the unfused graph", percent: true },
          alt: `${graph}: ${report.operations} operations become ${report.kernels} kernel; ${(apart / together).toFixed(1)} times faster here.`,
        },
      ),
    );
    lab.table({
      columns: ["kernel"],
      rows: report.lines.map((line) => [line]),
      caption: `what the compiler made of ${report.operations} operations`,
    });
    lab.note(
      `Fused ${(together * 1000).toFixed(0)} µs, one by one ${(apart * 1000).toFixed(0)} µs, measured just now.`,
    );
    lab.check("kernels that the operations become", report.kernels, { equals: 1 });
    lab.check("operations", report.operations, { atLeast: 4 });
    lab.check(
      "bytes kept for intermediates, as a share of all results",
      report.plannedBytes / report.unplannedBytes,
      {
        atMost: 0.34,
      },
    );
    let worst = 0;
    for (let i = 0; i < fused.length; i++) worst = Math.max(worst, Math.abs(fused[i]! - unfused[i]!));
    lab.check("largest difference between fused and unfused", worst, { atMost: 1e-5 });
  },
});
