import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { log, openHistory, settings } from "../../store/history.ts";
import type { PageProps } from "../lazy.tsx";
import { TroubleNote } from "../trouble-note.tsx";
import { perChapter, summarise, tick } from "./deck.ts";
import { DeckView } from "./deck-view.tsx";
import { SettingsView } from "./settings-view.tsx";
import { StatisticsView } from "./statistics-view.tsx";
import { StudyView } from "./study-view.tsx";
import "./drill.css";

const VIEWS = [
  ["", "Deck"],
  ["study", "Study"],
  ["statistics", "Statistics"],
  ["settings", "Settings"],
] as const;

/** Often enough that a step of a minute is not missed. */
const TICK_MS = 10_000;

export default function DrillPage({ chapters, id }: PageProps) {
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let current = true;
    void openHistory().then(() => current && setReady(true));
    const timer = setInterval(tick, TICK_MS);
    document.addEventListener("visibilitychange", tick);
    return () => {
      current = false;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, []);
  useEffect(() => {
    document.title = "Drill – Whetstone";
    return () => {
      document.title = "Whetstone";
    };
  }, []);
  // Answers move the clock and the map of chapters; those of other tabs too. At once: the page may be left right after.
  const entries = log.value.length;
  useLayoutEffect(() => {
    if (!ready) return;
    tick();
    summarise();
  }, [ready, entries, settings.value]);

  const view = VIEWS.find(([path]) => path === id);
  const titles = new Map(chapters.map((c) => [c.id, c.title]));
  const title = (chapter: string) => titles.get(chapter) ?? chapter;
  return (
    <div class="drill">
      <header class="drill-head">
        <h1>Drill</h1>
        <nav aria-label="Drill">
          {VIEWS.map(([path, name]) => (
            <a
              key={path}
              href={path === "" ? "#/drill" : `#/drill/${path}`}
              aria-current={path === id ? "page" : undefined}
            >
              {name}
            </a>
          ))}
        </nav>
      </header>
      <TroubleNote />
      {!ready ? (
        <p class="lead">Reading what you have learned …</p>
      ) : perChapter.value.length === 0 ? (
        <p class="notice">This sheet has no drill items yet.</p>
      ) : view?.[0] === "" ? (
        <DeckView title={title} />
      ) : view?.[0] === "study" ? (
        <StudyView />
      ) : view?.[0] === "statistics" ? (
        <StatisticsView title={title} />
      ) : view?.[0] === "settings" ? (
        <SettingsView />
      ) : (
        <p class="notice">The drill has no page “{id}”; its pages are above.</p>
      )}
    </div>
  );
}
