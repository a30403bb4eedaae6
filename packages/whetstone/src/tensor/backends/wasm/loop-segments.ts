/** The vector axis, walked in full vectors and then single elements. */
import type { Active, LoopState, Step } from "./loop-state.ts";

/** The range of the vector axis in segments between mask borders, each in full vectors and then single elements. */
export function alongVector(
  s: LoopState,
  part: { from: number; to: number } | null,
  cell: (step: Step, active: Active) => void,
): void {
  const { vector, sizes, accesses } = s.nest;
  const length = sizes[vector]!;
  const borders = new Set([0, length]);
  for (const { mask } of accesses.values())
    for (const p of mask?.[vector] ?? []) borders.add(Math.max(0, Math.min(length, p)));
  const cuts = [...borders].sort((a, b) => a - b);
  for (let k = 0; k + 1 < cuts.length; k++) {
    const [low, high] = [cuts[k]!, cuts[k + 1]!];
    const active: Active = (i) => {
      const range = accesses.get(i)?.mask?.[vector];
      return !range || (low >= range[0] && high <= range[1]);
    };
    if (part) dynamicSegment(s, part, low, high, length, (mode) => cell(mode, active));
    else staticSegment(s, low, high, (mode) => cell(mode, active));
  }
}

function staticSegment(s: LoopState, low: number, high: number, cell: (step: Step) => void): void {
  const c = s.c;
  c.i32(low);
  c.set(s.at);
  let from = low;
  const take = (step: Step, size: number) => {
    const count = Math.floor((high - from) / size);
    if (count === 0) return;
    from += count * size;
    steps(s, count, from, size, () => cell(step));
  };
  if (s.plan.unroll > 1) take("wide", s.lanes * s.plan.unroll);
  take("vector", s.lanes);
  take("single", 1);
}

/** `count` times, stepping the position until it is `end`. */
function steps(s: LoopState, count: number, end: number, step: number, body: () => void): void {
  const c = s.c;
  const advance = () => {
    c.get(s.at);
    c.i32(step);
    c.op("i32.add");
    c.set(s.at);
  };
  if (count === 1) {
    body();
    advance();
    return;
  }
  c.doWhile(() => {
    body();
    advance();
    c.get(s.at);
    c.i32(end);
    c.op("i32.lt_s");
  });
}

function dynamicSegment(
  s: LoopState,
  { from, to }: { from: number; to: number },
  low: number,
  high: number,
  length: number,
  cell: (step: Step) => void,
): void {
  const c = s.c;
  const start = c.temp("i32");
  const end = c.temp("i32");
  const bound = (source: number, limit: number, op: "i32.gt_s" | "i32.lt_s", into: number) => {
    c.get(source);
    c.i32(limit);
    c.get(source);
    c.i32(limit);
    c.op(op);
    c.select();
    c.set(into);
  };
  if (low > 0) bound(from, low, "i32.gt_s", start);
  else {
    c.get(from);
    c.set(start);
  }
  if (high < length) bound(to, high, "i32.lt_s", end);
  else {
    c.get(to);
    c.set(end);
  }
  c.get(start);
  c.set(s.at);
  const whileBelow = (step: number, mode: Step) => {
    c.whileLoop(
      () => {
        c.get(s.at);
        c.i32(step);
        c.op("i32.add");
        c.get(end);
        c.op("i32.le_s");
      },
      () => {
        cell(mode);
        c.get(s.at);
        c.i32(step);
        c.op("i32.add");
        c.set(s.at);
      },
    );
  };
  if (s.plan.unroll > 1) whileBelow(s.lanes * s.plan.unroll, "wide");
  whileBelow(s.lanes, "vector");
  whileBelow(1, "single");
  c.free(start);
  c.free(end);
}
