/** The experiment of a card as a file that runs by itself, with the controls and the seed of the page. */

import type { Controls } from "@whetstone/sheet";
import { defaults, type LabState } from "../lab/address.ts";

const DECLARED = /^export default card\(/m;

/** A name that the source does not use yet. */
function unused(source: string, wanted: string): string {
  let name = wanted;
  while (new RegExp(`\\b${name}\\b`).test(source)) name += "_";
  return name;
}

export function runnable(source: string, controls: Controls, state: LabState): string {
  const card = unused(source, "experiment");
  const result = unused(source, "result");
  const run = unused(source, "runCard");
  const imported = run === "runCard" ? run : `runCard as ${run}`;
  const usual = defaults(controls);
  const moved = Object.fromEntries(
    Object.entries(state.controls).filter(([name, value]) => value !== usual.controls[name]),
  );
  const options = JSON.stringify({ controls: moved, seed: state.seed }, null, 2);
  return `// Needs the packages whetstone and @whetstone/sheet. Run it with Node 22.18 or newer: node experiment.ts
import { ${imported} } from "@whetstone/sheet";
${source.trimEnd().replace(DECLARED, `const ${card} = card(`)}

const ${result} = await ${run}(${card}, ${options});
for (const check of ${result}.checks) {
  console.log(\`\${check.ok ? "holds" : "FAILS"}  \${check.name}: \${check.value} (expected \${check.expected})\`);
}
if (${result}.error !== undefined) throw new Error(${result}.error);
`;
}
