/** The card's run, on demand: its first figure and what it checked. */
import details from "virtual:details";
import type { CardResult } from "@whetstone/sheet";
import { useEffect, useRef, useState } from "preact/hooks";
import { defaults } from "../../lab/address.ts";
import type { ShownOutput } from "../../lab/fit-to-page.ts";
import { LabClient, sentence } from "../../lab/lab-client.ts";
import { Checks, Shown } from "../../lab/outputs.tsx";

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "running"; readonly share?: number }
  | { readonly kind: "failed"; readonly why: string }
  | {
      readonly kind: "done";
      readonly figure: ShownOutput | undefined;
      readonly result: CardResult;
      readonly verifiedAgainst: readonly string[];
    };

export function Experiment({ card, claim }: { readonly card: string; readonly claim: string }) {
  const [state, setState] = useState<State>({ kind: "idle" });
  const client = useRef<LabClient | null>(null);
  const wanted = useRef(0);
  const stop = () => {
    wanted.current++;
    client.current?.close();
    client.current = null;
  };
  useEffect(() => stop, []);

  const run = async () => {
    stop();
    const mine = wanted.current;
    setState({ kind: "running" });
    try {
      const load = details[card];
      if (!load) throw new Error(`the sheet has no card ${card}`);
      const { controls, verifiedAgainst } = (await load()).default;
      if (mine !== wanted.current) return;
      client.current = new LabClient({
        started: () => undefined,
        progress: (done, total) => setState({ kind: "running", share: done / total }),
        done(_, outputs, result) {
          const figure = outputs.find((o) => o.kind === "figure") ?? outputs.find((o) => o.kind === "table");
          // A page of many claims keeps no worker for each.
          stop();
          setState({ kind: "done", figure, result, verifiedAgainst });
        },
        failed(why) {
          stop();
          setState({ kind: "failed", why });
        },
      });
      client.current.request({ id: card, ...defaults(controls) });
    } catch (cause) {
      if (mine !== wanted.current) return;
      const why = cause instanceof Error ? cause.message : String(cause);
      setState({ kind: "failed", why: `The experiment could not be loaded: ${sentence(why)}` });
    }
  };

  return (
    <div class="experiment">
      <div class="experiment-run">
        {state.kind === "running" ? (
          <>
            <button
              type="button"
              class="quiet"
              onClick={() => {
                stop();
                setState({ kind: "idle" });
              }}
            >
              Stop
            </button>
            <progress aria-label={`Experiment of ${claim}`} value={state.share} />
          </>
        ) : (
          <button type="button" class={state.kind === "idle" ? "" : "quiet"} onClick={run}>
            {state.kind === "idle" ? "Run the experiment" : "Run again"}
            <span class="unseen"> of {claim}</span>
          </button>
        )}
      </div>
      {state.kind === "failed" && (
        <p class="notice" role="alert">
          {state.why}
        </p>
      )}
      {state.kind === "done" && (
        <div class="experiment-shown">
          {state.figure && <Shown output={state.figure} />}
          <div>
            {state.result.error !== undefined && (
              <p class="notice" role="alert">
                The run stopped: {sentence(state.result.error)}
              </p>
            )}
            <Checks
              checks={state.result.checks}
              verifiedAgainst={state.verifiedAgainst}
              ms={state.result.ms}
            />
          </div>
        </div>
      )}
    </div>
  );
}
