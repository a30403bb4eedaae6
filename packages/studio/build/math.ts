import katex from "katex";

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/**
 * A formula on its own line: HTML to look at, MathML for readers that speak. Statements that the author set apart
 * by a quad are apart in the page too, so that a narrow page can put them on lines of their own. A mistake in
 * the formula stops the build.
 */
export function displayMath(tex: string, where: string): string {
  try {
    return statements(tex)
      .map((part) =>
        katex.renderToString(part, { displayMode: true, output: "htmlAndMathml", strict: "ignore" }),
      )
      .join("");
  } catch (error) {
    throw new Error(`formula of ${where}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The parts between quads that stand in no group, environment or pair of brackets that stretch. */
export function statements(tex: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const [token] of tex.matchAll(/\\[a-zA-Z]+\s*|\\.|[^\\]/gs)) {
    const name = token.trim();
    if (name === "{" || name === "\\begin" || name === "\\left") depth++;
    else if (name === "}" || name === "\\end" || name === "\\right") depth--;
    if (depth === 0 && (name === "\\quad" || name === "\\qquad")) parts.push("");
    else parts[parts.length - 1] += token;
  }
  return parts.filter((part) => part.trim() !== "");
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
