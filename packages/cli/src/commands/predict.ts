import { writeFileSync } from "node:fs";
import { WhetstoneError } from "whetstone/contract";
import { type Column, numberColumn, type Table, Table as TableClass, writeCsv } from "whetstone/data";
import { Failure } from "../failure.ts";
import { tell } from "../terminal.ts";
import { predictorOf } from "../train/fit.ts";
import { readModel, type SavedModel } from "../train/folder.ts";
import { readForModel } from "../train/read-for-model.ts";
import { count, quoted } from "../train/words.ts";

export interface PredictOptions {
  readonly out?: string;
}

/** One prediction per row of a CSV file. */
export async function predict(folder: string, file: string, options: PredictOptions): Promise<void> {
  const saved = readModel(folder);
  const { table, notes } = readForModel(file, saved);
  for (const note of notes) tell(`note: ${note}`);
  const text = writeCsv(predictTable(saved, table, folder));
  if (options.out === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(options.out, text);
  } catch (error) {
    throw new Failure(
      `cannot write ${quoted(options.out)}: ${error instanceof Error ? error.message : error}.`,
    );
  }
  tell(`${count(table.rows, "prediction")} written to ${options.out}`);
}

function predictTable({ model, task, target }: SavedModel, X: Table, folder: string): Table {
  const predictor = predictorOf(model);
  const name = `predicted_${target.name}`;
  try {
    if (task === "regression") {
      return new TableClass([name], [numberColumn(predictor.predict(X) as Float64Array)]);
    }
    const labels = Array.from(predictor.predict(X));
    const proba = predictor.predictProba(X);
    const first: Column =
      target.kind === "number"
        ? numberColumn(labels as number[])
        : { kind: "text", values: labels.map(String) };
    return new TableClass(
      [name, ...predictor.classes.map((label) => `probability_${String(label)}`)],
      [first, ...predictor.classes.map((_, k) => numberColumn(proba.col(k)))],
    );
  } catch (error) {
    // The columns were checked: what is left is a model whose parts do not belong together.
    if (!(error instanceof WhetstoneError || error instanceof TypeError || error instanceof RangeError))
      throw error;
    throw new Failure(`the model in ${quoted(folder)} cannot predict these rows: ${error.message}.`);
  }
}
