/** A formula as somebody would type it: `\sigma(z) = \frac{1}{1+e^{-z}}` as `sigma(z) = 1/(1+e^-z)`. */
const SILENT =
  /\\(?:left|right|displaystyle|textstyle|limits|big|Big|bigg|Bigg|bigl|bigr|Bigl|Bigr|middle|nolimits|quad|qquad|[,;:!> ])/g;
const STYLES =
  /\\(?:mathrm|mathbf|mathbb|mathcal|mathsf|boldsymbol|operatorname\*?|text|textbf|textit|bm|underbrace|overbrace|phantom|mathop)(?![a-zA-Z])/g;
const NAMES: Readonly<Record<string, string>> = {
  cdot: "*",
  times: "*",
  le: "<=",
  leq: "<=",
  ge: ">=",
  geq: ">=",
  ne: "!=",
  neq: "!=",
  approx: "~",
  sim: "~",
  to: "->",
  rightarrow: "->",
  mid: "|",
  lVert: "|",
  rVert: "|",
  lvert: "|",
  rvert: "|",
  "|": "|",
  ldots: "...",
  dots: "...",
  cdots: "...",
  infty: "infinity",
  partial: "d",
  nabla: "gradient",
  hat: "",
  widehat: "",
  tilde: "",
  widetilde: "",
  bar: "",
  overline: "",
  vec: "",
  top: "T",
  varepsilon: "epsilon",
  varphi: "phi",
  ell: "l",
};

export function texToWords(tex: string): string {
  let text = tex
    .replaceAll(/\\(?:begin|end)\{[^}]*\}(?:\{[^}]*\})?/g, " ")
    .replaceAll(/\\\\(?:\[[^\]]*\])?/g, " ")
    .replaceAll("&", " ");
  text = text.replaceAll(SILENT, " ").replaceAll(STYLES, "");
  text = withArguments(text);
  return text
    .replaceAll(/\\([a-zA-Z]+|[|{}%$#_&])/g, (_, name: string) => ` ${NAMES[name] ?? name} `)
    .replaceAll(/[{}]/g, "")
    .replaceAll(/\s*([\^_/])\s*/g, "$1")
    .replaceAll(/(\w)\s+\(/g, "$1(")
    .replaceAll(/\(\s+/g, "(")
    .replaceAll(/\s+([),])/g, "$1")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Fractions, roots and binomials, from the outside in. */
function withArguments(text: string): string {
  const at = text.search(/\\(?:[dt]?frac|sqrt|binom)(?![a-zA-Z])/);
  if (at < 0) return text;
  const name = /^\\[a-z]+/.exec(text.slice(at))![0];
  let rest = text.slice(at + name.length);
  const before = text.slice(0, at);
  const take = (): string => {
    const [argument, left] = firstArgument(rest);
    rest = left;
    return withArguments(argument).trim();
  };
  if (name === "\\sqrt") {
    const degree = /^\s*\[([^\]]*)\]/.exec(rest);
    if (degree) rest = rest.slice(degree[0].length);
    return `${before} sqrt(${take()}) ${withArguments(rest)}`;
  }
  const [a, b] = [take(), take()];
  return name === "\\binom"
    ? `${before} ${a} choose ${b} ${withArguments(rest)}`
    : `${before} ${grouped(a)}/${grouped(b)} ${withArguments(rest)}`;
}

const grouped = (part: string): string => (/^(?:\\?\w+|\w[\w^_{}]*)$/.test(part) ? part : `(${part})`);

/** The group or the single token that follows, and what is left. */
function firstArgument(text: string): readonly [string, string] {
  const trimmed = text.trimStart();
  if (!trimmed.startsWith("{")) {
    const token = /^(?:\\[a-zA-Z]+|.)/s.exec(trimmed)?.[0] ?? "";
    return [token, trimmed.slice(token.length)];
  }
  let depth = 0;
  for (let i = 0; i < trimmed.length; i++) {
    if (trimmed[i] === "\\") i++;
    else if (trimmed[i] === "{") depth++;
    else if (trimmed[i] === "}" && --depth === 0) return [trimmed.slice(1, i), trimmed.slice(i + 1)];
  }
  return [trimmed.slice(1), ""];
}

/** Prose with formulas between dollar signs, as plain text. */
export const plainText = (text: string): string =>
  text
    .split("$")
    .map((part, i) => (i % 2 === 0 ? part : texToWords(part)))
    .join("")
    .replaceAll("`", "");
