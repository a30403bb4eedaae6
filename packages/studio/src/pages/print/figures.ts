/** Runs cards one after another in a lab's worker and hands over the figures they show. */
import type { Figure } from "@whetstone/sheet";
import { defaults } from "../../lab/address.ts";
import { LabClient } from "../../lab/lab-client.ts";
import type { CardDetails } from "../../sheet.ts";

export interface Ran {
  readonly figures: readonly Figure[];
  /** Why there is none, if the run failed. */
  readonly problem: string;
}

export class FigureRuns {
  #settle: ((ran: Ran) => void) | null = null;
  readonly #client = new LabClient({
    started() {},
    progress() {},
    done: (_, outputs, result) =>
      this.#end({
        figures: outputs.flatMap((output) => (output.kind === "figure" ? [output.figure] : [])),
        problem: result.error ?? "",
      }),
    failed: (problem) => this.#end({ figures: [], problem }),
  });

  run(id: string, controls: CardDetails["controls"]): Promise<Ran> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      const { controls: values, seed } = defaults(controls);
      this.#client.request({ id, controls: values, seed });
    });
  }

  /** Ends the run under way, which then has no figures. */
  cancel(): void {
    this.#client.close();
    this.#end({ figures: [], problem: "" });
  }

  #end(ran: Ran): void {
    this.#settle?.(ran);
    this.#settle = null;
  }
}
