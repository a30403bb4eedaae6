/** What an interview on system design asks, and the numbers that an answer is checked with. */
export * from "./calculators.ts";
