import type { CardResult, Controls } from "@whetstone/sheet";
import { useEffect, useRef, useState } from "preact/hooks";
import { route, writeQuery } from "../router.ts";
import { defaults, fromQuery, type LabState, toQuery } from "./address.ts";
import { ControlPanel } from "./controls.tsx";
import { loadDrawing } from "./figure.tsx";
import type { ShownOutput } from "./fit-to-page.ts";
import { LabClient } from "./lab-client.ts";
import { Checks, Shown } from "./outputs.tsx";

interface Props {
  readonly id: string;
  readonly controls: Controls;
  readonly budget: "quick" | "costly";
  readonly verifiedAgainst: readonly string[];
}

/** Fast runs should not flash a progress bar. */
const QUIET_MS = 300;

export function Lab({ id, controls, budget, verifiedAgainst }: Props) {
  const asked = useRef(fromQuery(controls, route.value.query));
  const [state, setState] = useState<LabState>(asked.current.state);
  const [ignored, setIgnored] = useState(asked.current.ignored);
  const [shown, setShown] = useState<{
    outputs: readonly ShownOutput[];
    result: CardResult;
    state: LabState;
  } | null>(null);
  const [running, setRunning] = useState<LabState | null>(null);
  const [slow, setSlow] = useState(false);
  const [progress, setProgress] = useState<readonly [number, number] | null>(null);
  const [problem, setProblem] = useState("");
  const client = useRef<LabClient>(null!);
  const latest = useRef(state);

  useEffect(() => {
    client.current = new LabClient({
      progress: (done, total) => setProgress([done, total]),
      done(outputs, result, state) {
        setShown({ outputs, result, state });
        settle(result.error === undefined ? "" : `The card stopped: ${result.error}.`);
      },
      failed: (sentence) => settle(sentence),
    });
    run(state);
    // In time for the first figure; a failure is reported where it is drawn.
    loadDrawing().catch(() => {});
    return () => client.current.cancel();
  }, [id]);

  // The address may change under the page: back, forward, an edited link.
  const { query } = route.value;
  useEffect(() => {
    const { state: wanted, ignored } = fromQuery(controls, query);
    if (JSON.stringify(wanted) === JSON.stringify(latest.current)) return;
    setIgnored(ignored);
    change(wanted);
  }, [query]);

  useEffect(() => {
    if (!running) return;
    const timer = setTimeout(() => setSlow(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, [running]);

  function settle(sentence: string) {
    setRunning(null);
    setSlow(false);
    setProgress(null);
    setProblem(sentence);
  }

  function run(wanted: LabState) {
    latest.current = wanted;
    setRunning(wanted);
    setProblem("");
    client.current.request({ id, state: wanted });
  }

  function change(wanted: LabState) {
    setState(wanted);
    latest.current = wanted;
    writeQuery(id, toQuery(controls, wanted));
    if (budget === "quick") run(wanted);
  }

  function reset() {
    setIgnored([]);
    change(defaults(controls));
  }

  function cancel() {
    client.current.cancel();
    settle("Cancelled. Run starts again.");
  }

  const stale = shown !== null && JSON.stringify(shown.state) !== JSON.stringify(state);
  const alone = shown !== null && shown.outputs.filter((output) => output.kind !== "note").length === 1;
  const showRun = budget === "costly" || problem !== "";
  return (
    <section class="lab" aria-label="Lab" aria-busy={running !== null}>
      {ignored.length > 0 && (
        <p class="notice" role="status">
          The address asked for {ignored.map((name) => `“${name}”`).join(", ")} in a way this lab does not
          have; the default is used.
        </p>
      )}
      <ControlPanel controls={controls} state={state} onChange={change} onReset={reset} />
      <div class="status">
        {stale && !running && budget === "costly" && (
          <span class="badge stale">Stale: the controls have moved</span>
        )}
        {showRun && !running && (
          <button type="button" onClick={() => run(state)}>
            Run
          </button>
        )}
        {running && slow && (
          <>
            <progress
              aria-label="Progress of the lab"
              {...(progress && { value: progress[0], max: progress[1] })}
            />
            <button type="button" onClick={cancel}>
              Cancel
            </button>
          </>
        )}
        {problem !== "" && (
          <span class="notice" role="alert">
            {problem}
          </span>
        )}
      </div>
      <div class={`outputs${alone ? " alone" : ""}${stale && !running ? " faded" : ""}`}>
        {shown?.outputs.map((output, i) => (
          <Shown key={`${output.kind}${i}`} output={output} />
        ))}
        {!shown && problem === "" && <div class="placeholder" aria-hidden="true" />}
      </div>
      {shown && (
        <Checks checks={shown.result.checks} verifiedAgainst={verifiedAgainst} ms={shown.result.ms} />
      )}
    </section>
  );
}
