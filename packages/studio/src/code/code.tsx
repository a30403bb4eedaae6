import type { Controls } from "@whetstone/sheet";
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { defaults, fromQuery, toQuery } from "../lab/address.ts";
import { edited, moved } from "./edited.ts";
import { runnable } from "./runnable.ts";

interface EditorProps {
  readonly initial: string;
  readonly onText: (text: string) => void;
}

/** The text of a source that was coloured at build time. */
export function textOf(html: string): string {
  const holder = document.createElement("div");
  holder.innerHTML = html;
  return holder.textContent ?? "";
}

interface Props {
  readonly id: string;
  readonly source: string;
  readonly controls: Controls;
}

/** The source of an experiment: to read, to copy, to run elsewhere. */
export function Code({ id, source, controls }: Props) {
  const [said, say] = useState("");
  const [Editor, setEditor] = useState<ComponentType<EditorProps> | null>(null);
  const text = useRef("");
  useEffect(() => {
    setEditor(null);
    return () => {
      edited.value = null;
    };
  }, [id]);
  const edit = async () => {
    try {
      const { default: Loaded } = await import("./editor.tsx");
      text.current = textOf(source);
      setEditor(() => Loaded);
      say("");
    } catch {
      say("The editor could not be loaded; is the connection gone?");
    }
  };
  const run = () => {
    edited.value = { id, source: text.current };
    say("Shown in the lab above");
  };
  const reset = () => {
    edited.value = null;
    setEditor(null);
    say("The card's own code again");
  };
  const now = () => (Editor ? text.current : textOf(source));
  const copy = async (text: string, what: string) => {
    try {
      await navigator.clipboard.writeText(text);
      say(what);
    } catch {
      say("The browser did not allow copying");
    }
  };
  /** As a link would have it: without a reader's own table. */
  const withSettings = () => {
    const now_ = moved.value ?? { controls, state: defaults(controls) };
    const { state } = fromQuery(now_.controls, toQuery(now_.controls, now_.state));
    return runnable(now(), now_.controls, state);
  };
  return (
    <details class="code">
      <summary>The code of the experiment</summary>
      <div class="actions">
        <button type="button" class="quiet" onClick={() => copy(now(), "Copied")}>
          Copy
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() =>
            copy(withSettings(), "Copied as a file that runs, with these controls and this seed")
          }
        >
          Copy as TypeScript file
        </button>
        {Editor ? (
          <>
            <button type="button" onClick={run}>
              Run edited code
            </button>
            <button type="button" class="quiet" onClick={reset}>
              Restore the code
            </button>
          </>
        ) : (
          <button type="button" class="quiet" onClick={edit}>
            Edit
          </button>
        )}
        <span role="status">{said}</span>
      </div>
      {Editor ? (
        <Editor
          initial={textOf(source)}
          onText={(written) => {
            text.current = written;
          }}
        />
      ) : (
        <pre tabIndex={0}>
          <code dangerouslySetInnerHTML={{ __html: source }} />
        </pre>
      )}
    </details>
  );
}
