import { describeDropped, shellWord } from "./columns.ts";
import { classLines, leaderboardCells, type Report, scoreText } from "./report.ts";
import { brief, count, percent, wholeNumber } from "./words.ts";

/** The model card: what a person has to know before trusting the predictions. */
export function modelCard(report: Report): string {
  const { target, split, metric } = report;
  const best = report.leaderboard.find((row) => row.name === report.best)!;
  const sections = [
    `# Model for ${text(target.name)}`,
    `A ${report.best === "baseline" ? "baseline that looks at no column" : `${report.best} model`}, trained by Whetstone ${report.whetstone} on ${text(report.file)} with seed ${report.seed}.`,
    heading("What it predicts"),
    report.task === "classification"
      ? `The class of ${text(target.name)}, with a probability for each of ${target.classes.length} classes.`
      : `The number ${text(target.name)} (in the training data ${target.description}).`,
    ...(report.task === "classification" ? [bullets(classLines(report))] : []),
    heading("Data"),
    `${count(report.rows, "row")} of ${text(report.file)}; ${count(report.columns.length, "column")} used (${report.kinds}). Missing values: ${report.missing}.`,
    table(
      ["column", "kind"],
      report.columns.map(({ name, kind }) => [text(name), kind]),
    ),
    ...section("Left out", describeDropped(report.dropped)),
    ...section("Warnings", report.warnings),
    ...section("How the file was read", report.notes.map(sentence)),
    heading("How it was judged"),
    `${count(split.heldOutRows, "row")} were held out${report.task === "classification" ? ", with the classes in their shares" : ""}; the other ${wholeNumber(split.trainRows)} were cut into ${split.folds} folds. Each model was fitted ${split.folds} times without one fold and scored on it (validation), then fitted to all of them and scored on the held-out rows. Everything learned from data, filling in missing values and encoding categories included, was learned anew from the fitted rows each time. Models are ranked by ${metric.title} (${metric.greaterIsBetter ? "higher" : "lower"} is better) in validation; held-out rows chose nothing.`,
    leaderboard(report),
    `The saved model is the ${best.name}, ${report.fittedRows === report.rows ? `fitted once more to all ${wholeNumber(report.rows)} rows` : `fitted to the ${wholeNumber(report.fittedRows)} rows that were not held out`}. ${expectation(report)}`,
    ...weights(report),
    heading("Limits"),
    bullets(limits(report)),
    heading("Predicting"),
    "```sh",
    `whetstone predict ${shellWord(report.out)} FILE.csv --out predictions.csv`,
    "```",
    `FILE.csv needs the columns above under the same names; other columns are ignored. ${
      report.task === "classification"
        ? `The answer has the columns ${text(`predicted_${target.name}`)} and one ${text("probability_CLASS")} per class`
        : `The answer has the column ${text(`predicted_${target.name}`)}`
    }, one row per row of FILE.csv.`,
  ];
  return `${sections.join("\n\n").replaceAll("```sh\n\n", "```sh\n").replaceAll("\n\n```\n", "\n```\n")}\n`;
}

const heading = (title: string) => `## ${title}`;
const bullets = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join("\n");

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [heading(title), bullets(lines.map(sentence))];
}

function sentence(line: string): string {
  const start = line.charAt(0).toUpperCase() + line.slice(1);
  return /[.?!]$/.test(start) ? start : `${start}.`;
}

/** A name or value as code, whatever it holds. */
function text(value: string): string {
  const plain = value.replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
  return plain.includes("`") ? `\`\` ${plain} \`\`` : `\`${plain}\``;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

function leaderboard(report: Report): string {
  const { header, rows } = leaderboardCells(report);
  const width = header.length;
  const cells = rows.map((row) =>
    [...row, ...new Array<string>(width - row.length).fill("")].map((c) => c.trim()),
  );
  const reasons = report.leaderboard
    .filter(({ reason }) => reason !== null)
    .map(({ name, reason }) => `- ${name}: ${reason}`);
  const board = table(
    header.map((h) => h.trim()),
    cells,
  );
  return reasons.length === 0 ? board : `${board}\n\n${reasons.join("\n")}`;
}

function expectation(report: Report): string {
  const best = report.leaderboard.find((row) => row.name === report.best)!;
  const held = `Expect about ${scoreText(best.heldOut)} (${report.metric.title}) on new rows like these`;
  if (Number.isNaN(best.heldOut)) return "";
  const range = Number.isNaN(best.sd) ? "" : `; folds differed by ± ${scoreText(best.sd)}`;
  const rows = report.split.heldOutRows;
  return `${held}${range}${rows < 200 ? `, and ${rows} held-out rows leave room for chance` : ""}.`;
}

function weights(report: Report): string[] {
  if (report.importances.length === 0) return [];
  const { kind } = report.importances[0]!;
  const meaning = {
    "share of gain":
      "Share of the improvement that splits on the feature brought while fitting. It says what the model used, not what causes the target.",
    coefficient:
      "Coefficient per standard deviation for numbers, and for being in the category otherwise" +
      (report.task === "classification"
        ? `, in log-odds of ${text(String(report.target.classes.at(-1)!.label))}.`
        : ", in units of the target.") +
      " Correlated features share theirs.",
    "size of coefficients":
      "Length of the feature's coefficients over all classes, per standard deviation for numbers. Correlated features share theirs.",
  }[kind];
  const value = (v: number) => (kind === "share of gain" ? percent(v) : brief(v));
  return [
    heading("What counts most"),
    meaning,
    table(
      ["feature", kind],
      report.importances.map(({ feature, value: v }) => [text(feature), value(v)]),
    ),
  ];
}

function limits(report: Report): string[] {
  const lines = [
    "It holds for rows drawn like the training rows. When the world changes, compare predictions with what happened and train again.",
  ];
  if (report.rows < 500) {
    lines.push(`${report.rows} rows are few: scores from so few differ from sample to sample.`);
  }
  const best = report.leaderboard.find((row) => row.name === report.best)!;
  const error = best.heldOutScores.calibrationError;
  if (error !== undefined && Number.isFinite(error)) {
    lines.push(
      `Probabilities were off by ${percent(error)} on average in the held-out rows (expected calibration error, 10 bins)${error > 0.1 ? ": do not take them at their word" : ""}.`,
    );
  }
  if (report.columns.some(({ kind }) => kind === "category" || kind === "text")) {
    lines.push("A category that training never saw is taken as a rare or missing one.");
  }
  if (report.task === "regression" && report.best === "boosted trees") {
    lines.push("Trees do not extrapolate: predictions stay near the range of the training targets.");
  }
  lines.push(
    "Who or what the rows leave out, the model knows nothing of; check groups that matter one by one.",
  );
  return lines;
}
