/** TypeScript as HTML with the few colours a short listing needs. */
const TOKENS =
  /(\/\/[^\n]*|\/\*[\s\S]*?\*\/)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\b(\d[\d_.]*(?:e[+-]?\d+)?)\b|(?<!\.)\b(import|from(?! *\()|export|default|const|let|function|return|if|else|for|of|in|new|throw|try|catch|while|class|extends|async|await|typeof|true|false|null|undefined|as|type|interface|readonly|static)\b/g;
const KINDS = ["comment", "string", "number", "keyword"] as const;

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export function highlight(source: string): string {
  let out = "";
  let at = 0;
  for (const match of source.matchAll(TOKENS)) {
    const kind = KINDS[match.slice(1).findIndex((group) => group !== undefined)]!;
    out += `${escapeHtml(source.slice(at, match.index))}<span class="t-${kind}">${escapeHtml(match[0])}</span>`;
    at = match.index + match[0].length;
  }
  return out + escapeHtml(source.slice(at));
}
