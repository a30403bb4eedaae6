import { brief } from "@whetstone/sheet";
import { useEffect, useRef, useState } from "preact/hooks";
import { LabClient } from "../../lab/lab-client.ts";
import { html, type ItemProps } from "./item-view.tsx";
import type { PredictionItem } from "./items.ts";

type Shown =
  | { readonly kind: "running"; readonly share: number }
  | { readonly kind: "value"; readonly value: number | string | boolean }
  | { readonly kind: "failed"; readonly sentence: string };

/** A number to type; then the lab runs, and says how far off it was. */
export function PredictionView({ item, open, onOpen }: ItemProps<PredictionItem>) {
  const [typed, setTyped] = useState("");
  const [shown, setShown] = useState<Shown>({ kind: "running", share: 0 });
  const field = useRef<HTMLInputElement>(null);
  const guess = typed.trim() === "" ? Number.NaN : Number(typed.replace(",", ".").replace("−", "-"));

  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (!open) return undefined;
    const client = new LabClient({
      started() {},
      progress: (done, total) => setShown({ kind: "running", share: done / total }),
      failed: (sentence) => setShown({ kind: "failed", sentence }),
      done(_request, _outputs, result) {
        const check = result.checks.find((c) => c.name === item.check);
        if (check) setShown({ kind: "value", value: check.value });
        else
          setShown({
            kind: "failed",
            sentence: result.error
              ? `The lab stopped: ${result.error}`
              : `The lab ran, but did not measure “${item.check}”.`,
          });
      },
    });
    client.request({ id: item.card, controls: item.controls, seed: 0 });
    return () => client.close();
  }, [open, item]);

  return (
    <div class="prediction">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onOpen();
        }}
      >
        <label>
          Your number
          <input
            ref={field}
            type="text"
            inputMode="decimal"
            autocomplete="off"
            value={typed}
            readOnly={open}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        {item.unit !== "" && <span {...html(item.unit)} />}
      </form>
      <div aria-live="polite">
        {open && shown.kind === "running" && (
          <p class="about">The lab runs … {shown.share > 0 && `${Math.round(100 * shown.share)} %`}</p>
        )}
        {open && shown.kind === "failed" && <p class="notice">{shown.sentence}</p>}
        {open && shown.kind === "value" && (
          <>
            <p class="measured">
              <output>{typeof shown.value === "number" ? brief(shown.value) : String(shown.value)}</output>{" "}
              {item.unit !== "" && <span {...html(item.unit)} />}
              <small>{item.check}</small>
            </p>
            <p class="about">{distance(guess, shown.value)}</p>
          </>
        )}
      </div>
    </div>
  );
}

export function distance(guess: number, value: number | string | boolean): string {
  if (typeof value !== "number") return "The lab's answer is not a number.";
  if (Number.isNaN(guess)) return "You gave no number to compare with.";
  const off = Math.abs(guess - value);
  if (off === 0) return "Exactly what you said.";
  const share = value === 0 ? "" : `, ${brief(Number(((100 * off) / Math.abs(value)).toPrecision(2)))} %`;
  return `You said ${brief(guess)}: ${brief(off)} too ${guess > value ? "high" : "low"}${share}.`;
}
