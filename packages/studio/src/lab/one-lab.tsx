import { type CardResult, type Controls, OWN } from "@whetstone/sheet";
import { useEffect, useRef, useState } from "preact/hooks";
import { edited } from "../code/edited.ts";
import { defaults, fromQuery, type LabState, toQuery } from "./address.ts";
import { ControlPanel } from "./controls.tsx";
import { loadDrawing } from "./figure.tsx";
import type { ShownOutput } from "./fit-to-page.ts";
import { LabClient, sentence } from "./lab-client.ts";
import { Checks, Shown } from "./outputs.tsx";
import type { PlainData } from "./own/prepare.ts";
import { usePlayer } from "./player.ts";

interface Props {
  readonly id: string;
  readonly controls: Controls;
  readonly budget: "quick" | "costly";
  readonly verifiedAgainst: readonly string[];
  /** This lab's part of the address. */
  readonly query: Readonly<Record<string, string>>;
  readonly onQuery: (query: Record<string, string>) => void;
  readonly onState: (state: LabState) => void;
  /** Told of every run of the card itself that ended; edited code is not the card. */
  readonly onResult?: ((result: CardResult) => void) | undefined;
  readonly differing: ReadonlySet<string>;
  readonly label: string;
}

/** Fast runs should not flash a progress bar. */
const QUIET_MS = 300;

const same = (a: LabState, b: LabState): boolean => JSON.stringify(a) === JSON.stringify(b);

/** One lab: controls, a worker that runs the card with them, and what it showed. */
export function OneLab(props: Props) {
  const { id, controls, budget, verifiedAgainst, query, onQuery, onState, onResult, differing, label } =
    props;
  const asked = useRef(fromQuery(controls, query));
  const [state, setState] = useState<LabState>(asked.current.state);
  const [ignored, setIgnored] = useState(asked.current.ignored);
  const [shown, setShown] = useState<{
    readonly outputs: readonly ShownOutput[];
    readonly result: CardResult;
    readonly of: LabState;
  } | null>(null);
  /** The number of the run under way; 0 between runs. */
  const [running, setRunning] = useState(0);
  const runs = useRef(0);
  const [slow, setSlow] = useState(false);
  const [progress, setProgress] = useState<readonly [number, number] | null>(null);
  const [problem, setProblem] = useState("");
  const client = useRef<LabClient>(null!);
  const latest = useRef(state);
  const ownData = useRef<PlainData | null>(null);

  useEffect(() => {
    client.current = new LabClient({
      started() {
        setRunning(++runs.current);
        setSlow(false);
        setProgress(null);
        setProblem("");
      },
      progress: (done, total) => setProgress([done, total]),
      done({ controls, seed }, outputs, result) {
        setShown({ outputs, result, of: { controls, seed } });
        if (edited.value?.id !== id) onResult?.(result);
        settle(result.error === undefined ? "" : `The card stopped: ${sentence(result.error)}`);
      },
      failed: settle,
    });
    run(state);
    // In time for the first figure; a failure is reported where it is drawn.
    loadDrawing().catch(() => {});
    return () => client.current.close();
  }, [id]);

  // The address may change under the page: back, forward, an edited link.
  useEffect(() => {
    const { state: wanted, ignored } = fromQuery(controls, query);
    setIgnored(ignored);
    if (!same(wanted, latest.current)) take(wanted);
  }, [query]);

  useEffect(() => {
    if (running === 0) return;
    const timer = setTimeout(() => setSlow(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, [running]);

  function settle(said: string) {
    setRunning(0);
    setSlow(false);
    setProgress(null);
    setProblem(said);
  }

  function run({ controls, seed }: LabState) {
    const own = edited.value?.id === id ? { source: edited.value.source } : {};
    const table = ownData.current;
    client.current.request({ id, controls, seed, ...own, ...(table && { table }) });
  }

  // Code that a reader runs takes the card's place, and the card's own comes back.
  const code = edited.value;
  const before = useRef(code);
  useEffect(() => {
    if (before.current !== code) run(latest.current);
    before.current = code;
  }, [code]);

  useEffect(() => onState(state), [state]);

  function take(wanted: LabState, runs = budget === "quick") {
    setState(wanted);
    latest.current = wanted;
    if (runs) run(wanted);
  }

  function change(wanted: LabState, runs = budget === "quick") {
    setIgnored([]);
    onQuery(toQuery(controls, wanted));
    take(wanted, runs);
  }

  const settled = running === 0 && shown !== null && same(shown.of, state);
  const player = usePlayer({
    controls,
    values: state.controls,
    settled,
    problem: problem !== "",
    move(name, value) {
      const now = latest.current;
      change({ ...now, controls: { ...now.controls, [name]: value } }, true);
    },
  });
  /** Another hand on the controls stops the film. */
  function byHand(wanted: LabState) {
    player.pause();
    change(wanted);
  }

  function cancel() {
    client.current.cancel();
    settle("Cancelled. Run starts again.");
  }

  const stale = shown !== null && !same(shown.of, state);
  const alone = shown !== null && shown.outputs.filter((output) => output.kind !== "note").length === 1;
  const badge = stale && running === 0 && budget === "costly";
  const waits = running === 0 && (budget === "costly" || problem !== "");
  return (
    <section class="lab" aria-label={label} aria-busy={running > 0}>
      {ignored.length > 0 && (
        <p class="notice" role="status">
          The address asked for {ignored.map((name) => `“${name}”`).join(", ")} in a way this lab does not
          have; the default is used.
        </p>
      )}
      {code?.id === id && (
        <p class="notice" role="status">
          Edited code; its checks are yours.
        </p>
      )}
      <ControlPanel
        controls={controls}
        state={state}
        onChange={byHand}
        onReset={() => byHand(defaults(controls))}
        onOwn={(name, data) => {
          ownData.current = data;
          player.pause();
          const now = latest.current;
          change({ ...now, controls: { ...now.controls, [name]: OWN } });
        }}
        player={player}
        differing={differing}
      />
      {(waits || (running > 0 && slow) || problem !== "") && (
        <div class="status">
          {waits && (
            <button type="button" onClick={() => run(state)}>
              Run
            </button>
          )}
          {running > 0 && slow && (
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
          {badge && <span class="badge stale">Stale: the controls have moved</span>}
          {problem !== "" && (
            <span class="notice" role="alert">
              {problem}
            </span>
          )}
        </div>
      )}
      <div class={`outputs${alone ? " alone" : ""}${badge ? " faded" : ""}`}>
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
