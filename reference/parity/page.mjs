/** The page of docs/parity.md. */
const line = (cells) => `| ${cells.join(" | ")} |`;
const factor = (ratio) =>
  ratio === null ? "" : ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(ratio >= 1 ? 1 : 2);

function table(names, rows) {
  const head = ["scikit-learn", "here", ...names, "speed", ""];
  return [
    line(head),
    line(head.map(() => "---")),
    ...rows.map((r) =>
      r.ours === null
        ? line([r.name, "not here", ...names.map(() => ""), "", r.why])
        : line([r.name, r.ours === r.name ? "same name" : r.ours, ...r.cells, factor(r.ratio), r.why]),
    ),
  ].join("\n");
}

export function pageOf({ version, node, names, groups, stops, alone }) {
  const all = groups.flatMap(({ rows }) => rows);
  const here = all.filter((r) => r.ours !== null);
  const faster = here.filter((r) => r.ratio !== null && r.ratio >= 1).length;
  const timed = here.filter((r) => r.ratio !== null).length;
  return `# Parity with scikit-learn

Every estimator of scikit-learn's families beside ours, fitted on the same rows of five bundled datasets. One command
makes this page (it needs a Python with scikit-learn, \`npm run setup\` before it, and a few minutes):

\`\`\`sh
node reference/parity/make_parity.mjs
\`\`\`

scikit-learn ${version}, Node ${node}, one thread on both sides. ${here.length} of ${all.length} estimators have a counterpart; the fit of ${faster} of
${timed} that were timed is faster here.

**Rows.** Columns have mean 0 and deviation 1 (or lie between 0 and 1, are codes, or have a tenth of their values missing,
where the estimator asks for it). Every second row trains, the others are predicted or transformed; groups and maps are
of the training rows. Classifiers learn the classes (of diabetes: whether progression is above its median),
regressors the class's number (of diabetes: progression). Slow methods get a part of the rows. Parameters are the
defaults but where \`reference/parity/pairs.mjs\` says otherwise: there tolerances are made tight on both sides, so that
what differs is the method and not where it stops.

**Cells.** A percentage is the share of equal labels. \`3e-15\` is the largest difference of predictions or columns, of their
largest value (components may have either sign). \`ARI\` is the adjusted Rand index of the two groupings, 1 where they are
the same; \`r\` a correlation. \`0.94 / 0.95\` is a score here and there, where both draw at random: accuracy, R²,
sum of squares within groups, trustworthiness of a map, mean squared length of projected rows, mean log density.

**Speed** is scikit-learn's time of a fit over ours: median of three rounds in turns, and of the datasets. These sets are
small, so it says much about overhead; [bench/README.md](../bench/README.md) is about large ones.

${groups
  .filter(({ rows }) => rows.length > 0)
  .map(({ module, rows }) => `## ${module}\n\n${table(names, rows)}`)
  .join("\n\n")}

## What stopped

${stops.length === 0 ? "Nothing." : stops.map((s) => `- ${s.name} on ${s.dataset}, ${s.side}: ${s.sentence.replaceAll("|", "\\|")}`).join("\n")}

## Only here

${alone.join(", ")}.
`;
}
