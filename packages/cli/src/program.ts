import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { WhetstoneError } from "whetstone/contract";
import { Failure } from "./failure.ts";
import { tell } from "./terminal.ts";

const version = (): string =>
  (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string })
    .version;

/** Commands load their own code, so that `--help` and small commands answer at once. */
function program(): Command {
  const root = new Command("whetstone")
    .description(
      "Machine learning for TypeScript: from a CSV to a model, and a sheet whose every statement runs",
    )
    .version(version(), "-V, --version", "print the version")
    .showHelpAfterError("(whetstone COMMAND --help shows examples)")
    .exitOverride();

  const integer = (name: string, min: number) => (text: string) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < min) {
      throw new Failure(`${name} is ${JSON.stringify(text)}, expected an integer >= ${min}.`, 2);
    }
    return value;
  };
  const seconds = (text: string) => {
    const value = Number(text);
    if (!(value > 0)) throw new Failure(`--time-limit is ${JSON.stringify(text)}, expected seconds > 0.`, 2);
    return value;
  };
  const port = () =>
    new Option("--port <port>", "port to listen on").default(4600).argParser((text: string) => {
      const value = integer("--port", 0)(text);
      if (value > 65535) throw new Failure(`--port is ${value}, expected at most 65535.`, 2);
      return value;
    });

  root
    .command("train")
    .summary("train and compare models on a CSV file")
    .description(
      "Reads a CSV file, compares a baseline, a linear model and boosted trees by cross-validation, and writes the best as a folder. Columns that are constant, number the rows or copy the target are left out, each with a sentence.",
    )
    .argument("<file>", "CSV file with a header line")
    .requiredOption("--target <column>", "column to predict")
    .option(
      "--metric <name>",
      "score that ranks the models (default: rocAuc for two classes, logLoss for more, r2 for numbers)",
    )
    .addOption(
      new Option("--task <kind>", "what the target is (default: by its values)").choices([
        "classification",
        "regression",
      ]),
    )
    .option(
      "--time-limit <seconds>",
      "stop fitting after this long; what is finished by then counts",
      seconds,
    )
    .option("--folds <k>", "cross-validation folds", integer("--folds", 2), 5)
    .option("--seed <n>", "seed of every random choice", integer("--seed", 0), 0)
    .option("--drop <columns...>", "columns to leave out")
    .option("--keep <columns...>", "columns to keep although a check would drop them")
    .option("--out <dir>", "folder for the model (default: models/FILE-TARGET)")
    .option("--overwrite", "replace what is in the folder")
    .option("--json", "print the report as JSON")
    .addHelpText(
      "after",
      `
Examples:
  whetstone train churn.csv --target churned
  whetstone train houses.csv --target price --metric mae --folds 10 --out models/houses
  whetstone train big.csv --target label --time-limit 60 --json > report.json`,
    )
    .action(async (file, options) => (await import("./commands/train.ts")).train(file, options));

  root
    .command("predict")
    .summary("predict with a trained model")
    .description(
      "Reads a model folder and a CSV file with the same columns, and writes one prediction per row.",
    )
    .argument("<model>", "folder written by whetstone train")
    .argument("<file>", "CSV file")
    .option("--out <file>", "write the CSV there instead of to stdout")
    .addHelpText(
      "after",
      `
Examples:
  whetstone predict models/churn-churned new-customers.csv
  whetstone predict models/houses listings.csv --out prices.csv`,
    )
    .action(async (model, file, options) =>
      (await import("./commands/predict.ts")).predict(model, file, options),
    );

  root
    .command("verify")
    .summary("run cards and check every statement")
    .description("Runs cards of the sheet (all of them, or those named) and reports each check.")
    .argument("[cards...]", "card ids or chapters, e.g. math/svd or math")
    .option("--json <file>", "write the results as JSON")
    .option("--quick", "only cards that run in well under a second")
    .option("--verbose", "print every check with its measured value")
    .option("--seed <n>", "seed of the labs", integer("--seed", 0), 0)
    .addHelpText(
      "after",
      `
Examples:
  whetstone verify
  whetstone verify math stats/bessel --verbose
  whetstone verify --json verify.json`,
    )
    .action(async (cards, options) => (await import("./commands/verify.ts")).verifyCards(cards, options));

  root
    .command("studio")
    .summary("serve the studio")
    .description("Serves the sheet as a web app on this machine until Ctrl-C.")
    .addOption(port())
    .addHelpText("after", "\nExample:\n  whetstone studio --port 4601")
    .action(async (options) => (await import("./commands/studio.ts")).studio(options));

  root
    .command("start")
    .summary("run the quick cards, then serve the studio")
    .description("The speed run: every quick card, in worker threads; then the studio until Ctrl-C.")
    .addOption(port())
    .option("--once", "stop after the speed run")
    .addHelpText("after", "\nExamples:\n  whetstone start\n  whetstone start --once")
    .action(async (options) => (await import("./commands/start.ts")).start(options));

  root
    .command("doctor")
    .summary("show what this machine offers")
    .description("Reports SIMD, relaxed SIMD, threads and GPU, and how fast a matrix product runs.")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  whetstone doctor")
    .action(async (options) => (await import("./commands/doctor.ts")).doctor(options));

  return root;
}

/** Runs one command line. Gives the exit code: 0, 1 (failure) or 2 (wrong usage). */
export async function run(args: readonly string[]): Promise<number> {
  const root = program();
  try {
    if (args.length === 0) {
      root.outputHelp();
      return 0;
    }
    await root.parseAsync(args, { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Failure) {
      tell(`whetstone: ${error.message}`);
      return error.exitCode;
    }
    if (error instanceof WhetstoneError) {
      tell(`whetstone: ${error.message}.`);
      return 1;
    }
    tell(`whetstone: unexpected: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
    return 1;
  }
}
