/** Width of a column on A4 paper in CSS pixels, less a hair: what a formula must fit into. */
const COLUMN = 334;
const SMALLEST = 0.5;

/** Makes each statement of a formula that is wider than a column so much smaller that it fits. */
export function fitFormulas(paper: HTMLElement): void {
  const all = [...paper.querySelectorAll<HTMLElement>(".sheet-formula > .katex-display")];
  for (const formula of all) formula.style.fontSize = "";
  // All are measured before any changes, so that the page is laid out once.
  const widths = all.map((formula) => {
    const inner = formula.querySelector<HTMLElement>(".katex-html")!;
    return [...inner.children].reduce((sum, child) => sum + child.getBoundingClientRect().width, 0);
  });
  const room = Math.min(COLUMN, ...all.slice(0, 1).map((formula) => formula.parentElement!.clientWidth));
  for (const [i, width] of widths.entries()) {
    if (width > room) all[i]!.style.fontSize = `${Math.max(SMALLEST, (room / width) * 0.985).toFixed(3)}em`;
  }
}
