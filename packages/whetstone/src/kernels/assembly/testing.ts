/** Traps in the given chunk (and does nothing in the others): lets the tests see how a failing kernel is reported. */
export function fail(trapIn: i32, chunk: i32): void {
  if (chunk == trapIn) unreachable();
}
