import katex from "katex";

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A formula on its own line: HTML to look at, MathML for readers that speak. A mistake in it stops the build. */
export function displayMath(tex: string, where: string): string {
  try {
    return katex.renderToString(tex, { displayMode: true, output: "htmlAndMathml", strict: "ignore" });
  } catch (error) {
    throw new Error(`formula of ${where}: ${error instanceof Error ? error.message : error}`);
  }
}

/** Text with formulas between dollar signs. */
export function withInlineMath(text: string): string {
  return text
    .split("$")
    .map((part, i) =>
      i % 2 === 0
        ? escapeHtml(part)
        : katex.renderToString(part, { output: "htmlAndMathml", strict: "ignore" }),
    )
    .join("");
}

export const paragraphs = (text: string): string =>
  text
    .split(/\n\s*\n/)
    .map((p) => `<p>${withInlineMath(p.trim())}</p>`)
    .join("");
