import { useEffect, useRef, useState } from "preact/hooks";
import { cardHref } from "../router.ts";
import type { CardSummary } from "../sheet.ts";
import { learnedCards } from "../store/learned.ts";
import { keep, kept } from "./cache.ts";
import { Painter } from "./painter.ts";
import type { Picture } from "./picture.ts";
import { Thumbnail } from "./thumbnail.tsx";

interface Props {
  readonly chapter: string;
  /** Those that the filters left. */
  readonly cards: readonly CardSummary[];
}

type State = Picture | "working" | { readonly why: string };

/** The cards of a chapter, each with a picture computed in the page. */
export function Gallery({ chapter, cards }: Props) {
  const [states, setStates] = useState<ReadonlyMap<string, State>>(new Map());
  const [times, setTimes] = useState<ReadonlyMap<string, number>>(new Map());
  const [ready, setReady] = useState(false);
  const list = useRef<HTMLOListElement>(null);
  const painter = useRef<Painter>(null!);
  const have = useRef(states);
  have.current = states;

  useEffect(() => {
    let current = true;
    const set = (id: string, state: State) => setStates((all) => new Map(all).set(id, state));
    painter.current = new Painter({
      started: (id) => set(id, "working"),
      painted(id, picture) {
        set(id, picture);
        keep(id, picture);
      },
      failed: (id, why) => set(id, { why }),
    });
    kept(chapter).then(({ pictures, times }) => {
      if (!current) return;
      setStates((all) => new Map([...pictures, ...all]));
      setTimes(times);
      setReady(true);
    });
    return () => {
      current = false;
      painter.current.stop();
    };
  }, [chapter]);

  useEffect(() => {
    if (!ready || !list.current) return;
    const watch = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const card = cards.find((c) => c.id === (target as HTMLElement).dataset.tile);
          if (!card) continue;
          const state = have.current.get(card.id);
          if (isIntersecting && !isPicture(state)) painter.current.want(card);
          else painter.current.unwant(card.id);
        }
      },
      { rootMargin: "120px" },
    );
    for (const tile of list.current.querySelectorAll("[data-tile]")) watch.observe(tile);
    return () => watch.disconnect();
  }, [ready, cards]);

  return (
    <ol class="gallery" ref={list}>
      {cards.map((card) => (
        <li key={card.id} data-tile={card.id}>
          <Tile
            card={card}
            state={states.get(card.id)}
            usual={times.get(card.id)}
            known={learnedCards.value.has(card.id)}
            onDraw={() => painter.current.ask(card.id)}
          />
        </li>
      ))}
    </ol>
  );
}

const isPicture = (state: State | undefined): state is Picture =>
  typeof state === "object" && "shown" in state;

interface TileProps {
  readonly card: CardSummary;
  readonly state: State | undefined;
  readonly usual: number | undefined;
  readonly known: boolean;
  readonly onDraw: () => void;
}

function Tile({ card, state, usual, known, onDraw }: TileProps) {
  const failed = typeof state === "object" && "why" in state;
  const waits = (state === undefined && card.budget === "costly") || failed;
  const takes = usual === undefined ? "takes seconds" : `usually ${(usual / 1000).toFixed(1)} s`;
  return (
    <>
      <a class="tile" href={cardHref(card.id)}>
        <span class={`picture${state === "working" ? " working" : ""}`} aria-hidden="true">
          {isPicture(state) && <Thumbnail picture={state} />}
        </span>
        <strong>{card.title}</strong>
        <span class="marks">
          {card.level && <span class="level">{card.level}</span>}
          {known && <span class="learned">learned</span>}
          {card.wrong > 0 && <span class="corrects">corrects a circulating sheet</span>}
          {isPicture(state) && !state.ok && <span class="corrects">a check fails here</span>}
          {failed && state.why !== "" && <span class="corrects">{state.why}</span>}
        </span>
      </a>
      {waits && (
        <button type="button" class="quiet draw" onClick={onDraw}>
          {failed ? "Try again" : "Draw"}
          <span class="unseen"> {card.title}</span>
          {!failed && <small> {takes}</small>}
        </button>
      )}
    </>
  );
}
