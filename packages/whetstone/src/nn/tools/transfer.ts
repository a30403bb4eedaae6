/** Transfer learning: what to freeze, what to train at which rate, in which order. */
import { argumentError, requireFunction } from "../../errors.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { AnyModule } from "../module.ts";

/**
 * Freezes the parameters whose name `which` accepts and thaws the others. Returns the names that can train.
 *
 * @example
 * const net = new Sequential(new Linear(2, 3), new Linear(3, 1));
 * freezeWhere(net, (name) => name.includes("0")).length; // 2: weight and bias of the last layer
 */
export function freezeWhere(net: AnyModule, which: (name: string) => boolean): string[] {
  requireFunction("freezeWhere", "which", which);
  for (const [name, p] of net.namedParameters()) {
    net.trainable(p, !which(name));
  }
  return net.namedParameters().flatMap(([name, p]) => (p.requiresGrad ? [name] : []));
}

/**
 * Groups for an optimizer with a rate for each part of a net: parts are prefixes of parameter names, and each
 * parameter takes the rate of the longest one that fits. Parts with rate 0 are frozen and left out.
 */
export function rateGroups(
  net: AnyModule,
  rates: Readonly<Record<string, number>>,
): { params: Tensor[]; lr: number }[] {
  const groups = new Map<string, { params: Tensor[]; lr: number }>();
  for (const [prefix, lr] of Object.entries(rates)) {
    if (!(lr >= 0)) throw argumentError("rateGroups", `rates[${prefix}]`, lr, "a number >= 0");
    groups.set(prefix, { params: [], lr });
  }
  for (const [name, p] of net.namedParameters()) {
    const fits = [...groups.keys()].filter((k) => k === "" || name === k || name.startsWith(`${k}.`));
    if (fits.length === 0)
      throw argumentError("rateGroups", "rates", Object.keys(rates).join(", "), `a part for ${name}`);
    const group = groups.get(fits.reduce((a, k) => (k.length > a.length ? k : a)))!;
    net.trainable(p, group.lr > 0);
    if (group.lr > 0) group.params.push(p);
  }
  return [...groups.values()].filter((g) => g.params.length > 0);
}

/** One stage of fine-tuning, to be trained before the next. */
export interface FineTuningStage {
  readonly name: string;
  /** Which parts train. */
  readonly train: "head" | "late" | "all";
  /** Learning rate. */
  readonly lr: number;
  readonly epochs: number;
}

/** Head first, then the later layers, then everything, at falling rates. */
export const FINE_TUNING_STAGES: readonly FineTuningStage[] = [
  { name: "head", train: "head", lr: 1e-3, epochs: 5 },
  { name: "later layers", train: "late", lr: 1e-5, epochs: 10 },
  { name: "all", train: "all", lr: 1e-6, epochs: 5 },
];

/** How to use a net that was trained on other data. */
export interface TransferPlan {
  readonly advice:
    | "train the head"
    | "fine-tune the later layers"
    | "fine-tune everything"
    | "train from early features";
  /** The reason, as a sentence. */
  readonly why: string;
}

/**
 * What to train, from how alike the domains are and how much data there is.
 *
 * @example
 * transferPlan("similar", "small").advice; // "train the head"
 */
export function transferPlan(similarity: "similar" | "different", data: "small" | "large"): TransferPlan {
  if (similarity !== "similar" && similarity !== "different") {
    throw argumentError("transferPlan", "similarity", similarity, '"similar" or "different"');
  }
  if (data !== "small" && data !== "large")
    throw argumentError("transferPlan", "data", data, '"small" or "large"');
  if (similarity === "similar") {
    return data === "small"
      ? { advice: "train the head", why: "the features fit, and few rows would overfit more weights" }
      : { advice: "fine-tune the later layers", why: "the features fit, and there is data to sharpen them" };
  }
  return data === "small"
    ? {
        advice: "train from early features",
        why: "late features are of the old domain; early ones are general",
      }
    : {
        advice: "fine-tune everything",
        why: "there is data to move all layers; old weights are a good start",
      };
}
