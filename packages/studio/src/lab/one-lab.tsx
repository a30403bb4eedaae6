import { type CardResult, type Controls, OWN } from "@whetstone/sheet";
import { useEffect, useRef, useState } from "preact/hooks";
import { edited } from "../code/edited.ts";
import { defaults, fitting, fromQuery, type LabState, toQuery } from "./address.ts";
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
  /** Told where the controls stand, and of which controls. */
  readonly onState: (state: LabState, controls: Controls) => void;
  /** Told of every run of the card itself that ended; edited code is not the card. */
  readonly onResult?: ((result: CardResult) => void) | undefined;
  readonly differing: ReadonlySet<string>;
  readonly label: string;
}

/** Fast runs should not flash a progress bar. */
const QUIET_MS = 300;

const equal = (a: Controls, b: Controls): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
const same = (a: LabState, b: LabState): boolean => JSON.stringify(a) === JSON.stringify(b);

/** One lab: controls, a worker that runs the card with them, and what it showed. */
export function OneLab(props: Props) {
  const {
    id,
    controls: ofCard,
    budget,
    verifiedAgainst,
    query,
    onQuery,
    onState,
    onResult,
    differing,
    label,
  } = props;
  const asked = useRef(fromQuery(ofCard, query));
  /** The card's controls, or those of edited code that has others. */
  const [controls, setControls] = useState(ofCard);
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
  const held = useRef(controls);
  /** Where the card's controls stood when those of edited code took their place. */
  const before = useRef(state);
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
      controls(found) {
        if (edited.value?.id !== id) return;
        const lost = hold(equal(found, ofCard) ? ofCard : found);
        if (lost) run(latest.current);
      },
      done({ controls, seed }, outputs, result) {
        setShown({ outputs, result, of: fitting(held.current, { controls, seed }) });
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
    // It speaks of the card, not of edited code with controls of its own.
    if (held.current !== ofCard) return;
    const { state: wanted, ignored } = fromQuery(ofCard, query);
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

  /** Shows other controls; what stood where they can stand too stays. Says whether a reader's table could not. */
  function hold(next: Controls): boolean {
    if (equal(next, held.current)) return false;
    const was = latest.current;
    if (held.current === ofCard) before.current = latest.current;
    const wanted = next === ofCard ? before.current : fitting(next, latest.current, held.current);
    held.current = next;
    latest.current = wanted;
    setControls(next);
    setState(wanted);
    return Object.keys(next).some((name) => was.controls[name] === OWN && wanted.controls[name] !== OWN);
  }

  // Code that a reader runs takes the card's place, and the card's own comes back.
  const code = edited.value;
  const codeBefore = useRef(code);
  useEffect(() => {
    if (codeBefore.current !== code) {
      if (code?.id !== id) hold(ofCard);
      run(latest.current);
    }
    codeBefore.current = code;
  }, [code]);

  useEffect(() => onState(state, controls), [state, controls]);

  function take(wanted: LabState, runs = budget === "quick") {
    setState(wanted);
    latest.current = wanted;
    if (runs) run(wanted);
  }

  function change(wanted: LabState, runs = budget === "quick") {
    setIgnored([]);
    if (held.current === ofCard) onQuery(toQuery(ofCard, wanted));
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
          Edited code; its checks are yours.{controls !== ofCard && " Its controls are not part of the link."}
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
