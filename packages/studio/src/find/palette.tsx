/** Search over cards, the reference, questions and circulating claims, as one types. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { recent, remember } from "./recent.ts";
import { type FindKind, type Hit, type Index, marked, readIndex, search } from "./search.ts";
import "./find.css";

const TITLES: Readonly<Record<FindKind, string>> = {
  card: "Cards",
  api: "API",
  question: "Questions",
  claim: "Claims that do not hold",
};

let index: Promise<Index> | null = null;
function load(): Promise<Index> {
  index ??= import("virtual:search").then((module) => readIndex(module.default));
  index.catch(() => {
    index = null;
  });
  return index;
}

export default function Palette({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState<{ readonly index: Index } | null>(null);
  const [lost, setLost] = useState(false);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const before = useMemo<readonly Hit[]>(() => recent().map((r) => ({ ...r, terms: [] })), []);

  useEffect(() => {
    const element = dialog.current!;
    const back = document.activeElement;
    element.showModal();
    input.current?.focus();
    // What is pressed outside of the box is the dialog itself.
    const outside = (event: PointerEvent) => event.target === element && onClose();
    element.addEventListener("pointerdown", outside);
    let current = true;
    load().then(
      (loaded) => current && setReady({ index: loaded }),
      () => current && setLost(true),
    );
    return () => {
      current = false;
      element.removeEventListener("pointerdown", outside);
      element.close();
      if (back instanceof HTMLElement && document.activeElement === document.body) back.focus();
    };
  }, []);

  const groups = useMemo<readonly { readonly title: string; readonly hits: readonly Hit[] }[]>(() => {
    if (query.trim() === "") return before.length > 0 ? [{ title: "Opened before", hits: before }] : [];
    if (!ready) return [];
    return search(ready.index, query).map(([kind, hits]) => ({ title: TITLES[kind], hits }));
  }, [query, ready, before]);
  const hits = groups.flatMap((g) => g.hits);
  const active = Math.min(at, hits.length - 1);

  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active, groups]);

  const open = (hit: Hit | undefined) => {
    if (!hit) return;
    remember(hit);
    onClose();
    location.hash = hit.href;
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && hits.length > 0) setAt((active + step + hits.length) % hits.length);
    else if (event.key === "Enter") open(hits[active]);
    else return;
    event.preventDefault();
  };

  let row = -1;
  return (
    <dialog
      ref={dialog}
      class="find"
      aria-label="Search"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="find-box">
        <div class="find-top">
          <input
            ref={input}
            type="text"
            role="combobox"
            aria-label="Search cards, formulas, the API, questions and claims"
            aria-expanded={hits.length > 0}
            aria-controls="find-list"
            aria-autocomplete="list"
            aria-activedescendant={active >= 0 ? `find-${active}` : undefined}
            placeholder="A title, a formula, a name, a claim"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            value={query}
            onInput={(event) => {
              setQuery(event.currentTarget.value);
              setAt(0);
            }}
            onKeyDown={onKey}
          />
          <button type="button" class="quiet" onClick={onClose}>
            Close
          </button>
        </div>
        <div id="find-list" class="find-list" role="listbox" aria-label="Results" ref={list}>
          {groups.map((group, g) => (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields, not the options of a list box
            <div key={group.title} role="group" aria-labelledby={`find-group-${g}`}>
              <p id={`find-group-${g}`} role="presentation">
                {group.title}
              </p>
              {group.hits.map((hit) => {
                row++;
                const mine = row;
                return (
                  <a
                    key={hit.href + hit.title}
                    id={`find-${mine}`}
                    role="option"
                    tabIndex={-1}
                    aria-selected={mine === active}
                    href={hit.href}
                    onMouseMove={() => mine !== active && setAt(mine)}
                    onClick={(event) => {
                      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                      event.preventDefault();
                      open(hit);
                    }}
                  >
                    <strong>
                      <Marked text={hit.title} terms={hit.terms} />
                    </strong>
                    <span>
                      <Marked text={hit.text} terms={hit.terms} />
                    </span>
                  </a>
                );
              })}
            </div>
          ))}
        </div>
        <p class="find-state" role="status">
          {state(query, lost, ready !== null, hits.length)}
        </p>
      </div>
    </dialog>
  );
}

function state(query: string, lost: boolean, ready: boolean, hits: number): string {
  if (lost)
    return "The index could not be loaded; is the connection gone? Close and open the search to try again.";
  if (query.trim() === "")
    return "Titles, formulas as text (sigma, 1/(1+e^-z)), names of the API, questions, claims.";
  if (!ready) return "Loading the index …";
  if (hits === 0) return `Nothing has anything like “${query.trim()}”.`;
  return `${hits} ${hits === 1 ? "result" : "results"}. Arrows move, Enter opens, Esc closes.`;
}

function Marked({ text, terms }: { readonly text: string; readonly terms: readonly string[] }) {
  return (
    <>{marked(text, terms).map((piece, i) => (piece.on ? <mark key={i}>{piece.text}</mark> : piece.text))}</>
  );
}
