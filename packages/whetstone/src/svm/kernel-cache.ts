/** Kernel rows for SMO: which are computed, and whose place they take. */
import { withScratch } from "../kernels/index.ts";
import { type Active, type DualProblem, violations } from "./active.ts";
import { kernelRows } from "./kernel.ts";

/** Kernel rows that are computed at a time: the one that is wanted and those that will probably be. */
const ROWS_AHEAD = 16;
/** Computes a kernel row that is missing, and with it, where there is room, those that will probably be wanted next. */
export function supply(act: Active, { d, kernel, byClass }: DualProblem, wanted: number): void {
  const ahead = Math.min(ROWS_AHEAD, act.free.length) - 1;
  const names = [wanted, ...(ahead > 0 ? mostViolating(act, byClass, wanted, ahead) : [])];
  const slots = names.map((name) => {
    const slot = act.free.pop() ?? oldest(act);
    const before = act.rowIn[slot]!;
    if (before >= 0) act.slotOf.view[before] = -1;
    act.rowIn[slot] = name;
    act.slotOf.view[name] = slot;
    act.used.view[slot] = act.clock.view[0]!;
    return slot;
  });
  withScratch((s) => {
    const chosen = { which: s.i32(names), slots: s.i32(slots), count: names.length };
    kernelRows(kernel, act.rows, chosen, act.rows, d, act.cache.ptr, act.stride);
  });
}

/** The place whose row was used longest ago. */
function oldest({ used }: Active): number {
  let at = 0;
  for (let s = 1; s < used.view.length; s++) if (used.view[s]! < used.view[at]!) at = s;
  return at;
}

/** Up to `most` variables with the largest violations, of those whose rows are missing. */
function mostViolating(act: Active, byClass: boolean, wanted: number, most: number): number[] {
  const { up, down } = violations(act, byClass);
  const [y, c, a, g] = [act.y.view, act.c.view, act.a.view, act.g.view];
  const names: number[] = [];
  const sizes: number[] = [];
  for (let i = 0; i < act.count; i++) {
    if (i === wanted || act.slotOf.view[i]! >= 0) continue;
    const side = byClass && y[i]! < 0 ? 1 : 0;
    const f = y[i]! * g[i]!;
    const positive = y[i]! > 0;
    let size = 0;
    if (positive ? a[i]! < c[i]! : a[i]! > 0) size = down[side] - f;
    if (positive ? a[i]! > 0 : a[i]! < c[i]!) size = Math.max(size, up[side] + f);
    if (!(size > 0) || (names.length === most && size <= sizes[most - 1]!)) continue;
    let at = Math.min(names.length, most - 1);
    for (; at > 0 && sizes[at - 1]! < size; at--) {
      sizes[at] = sizes[at - 1]!;
      names[at] = names[at - 1]!;
    }
    sizes[at] = size;
    names[at] = i;
  }
  return names;
}
