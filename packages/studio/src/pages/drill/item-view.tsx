import { useEffect, useState } from "preact/hooks";
import type { ClaimItem, StudyItem } from "./items.ts";
import { PredictionView } from "./prediction-view.tsx";

export const html = (text: string) => ({ dangerouslySetInnerHTML: { __html: text } });

const KINDS = {
  question: "Question",
  formula: "Complete the formula",
  prediction: "Predict the number",
  claim: "Find the error",
} as const;

export interface ItemProps<I extends StudyItem = StudyItem> {
  readonly item: I;
  readonly open: boolean;
  readonly onOpen: () => void;
}

export function ItemView({ item, open, onOpen }: ItemProps) {
  return (
    <article class={`item item-${item.kind}`}>
      <p class="kind">
        {KINDS[item.kind]}
        {item.level && ` · ${item.level}`}
      </p>
      <h2 class="ask" {...html(item.ask)} />
      {item.kind === "formula" && (
        <section class="formula" aria-label="Formula" tabIndex={0} {...html(open ? item.whole : item.gap)} />
      )}
      {item.kind === "claim" && <Claims item={item} open={open} onOpen={onOpen} />}
      {item.kind === "prediction" && <PredictionView item={item} open={open} onOpen={onOpen} />}
      <div aria-live="polite">
        {open && item.kind === "question" && <p class="answer" {...html(item.answer)} />}
        {open && item.kind === "claim" && (
          <p class="answer">
            <strong>{LETTERS[item.wrong]} is wrong.</strong> <span {...html(item.truth)} />
          </p>
        )}
      </div>
    </article>
  );
}

const LETTERS = ["A", "B", "C"] as const;

function Claims({ item, open, onOpen }: ItemProps<ClaimItem>) {
  const [picked, setPicked] = useState<number | null>(null);
  const pick = (i: number) => {
    if (open) return;
    setPicked(i);
    onOpen();
  };
  useEffect(() => {
    if (open) return undefined;
    const listen = (event: KeyboardEvent) => {
      const i = ["a", "b", "c"].indexOf(event.key);
      if (i < 0 || i >= item.claims.length || event.repeat) return;
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      setPicked(i);
      onOpen();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [open, item, onOpen]);
  const mark = (i: number) => {
    if (!open) return "";
    if (i === item.wrong) return "is-wrong";
    return i === picked ? "misread" : "holds";
  };
  return (
    <ul class="claims">
      {item.claims.map((claim, i) => (
        <li key={i}>
          <button type="button" class={`claim ${mark(i)}`} aria-disabled={open} onClick={() => pick(i)}>
            <span class="letter">{LETTERS[i]}</span>
            <span>
              <span {...html(claim)} />
              {open && (
                <small>
                  {i === item.wrong ? "wrong" : "holds"}
                  {i === picked && (i === item.wrong ? ", as you said" : ", you took it for the error")}
                </small>
              )}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
