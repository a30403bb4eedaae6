import { requireNonNegative, requireOptions, requireShare } from "./check.ts";

/** What a call to a language model is billed by. */
export interface CallPrice {
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** Price of a million tokens read. */
  readonly priceIn: number;
  /** Price of a million tokens written. */
  readonly priceOut: number;
  /** Share of the tokens read that a prompt cache holds, default 0. */
  readonly cachedShare?: number;
  /** Price of a cached token as a part of a fresh one's, default 0.1. */
  readonly cachedPrice?: number;
}

/**
 * Price of one call of a language model, in the currency of the prices:
 * (tokensIn · priceIn · (1 − cached + cached · cachedPrice) + tokensOut · priceOut) / 10⁶.
 *
 * Throws where a number is negative or a share is not from 0 to 1. Source: the definition of prices by the million.
 *
 * @example
 * ```ts
 * callCost({ tokensIn: 4000, tokensOut: 500, priceIn: 3, priceOut: 15 }); // 0.0195
 * ```
 */
export function callCost(call: CallPrice): number {
  const where = "callCost";
  requireOptions(where, call);
  const { tokensIn, tokensOut, priceIn, priceOut, cachedShare = 0, cachedPrice = 0.1 } = call;
  for (const [name, x] of Object.entries({ tokensIn, tokensOut, priceIn, priceOut }))
    requireNonNegative(where, name, x);
  requireShare(where, "cachedShare", cachedShare);
  requireShare(where, "cachedPrice", cachedPrice);
  const read = tokensIn * priceIn * (1 - cachedShare + cachedShare * cachedPrice);
  return (read + tokensOut * priceOut) / 1e6;
}
