import chapters from "virtual:sheet";
import { useEffect, useRef } from "preact/hooks";
import { Find } from "./find/find.tsx";
import { CardPage } from "./pages/card.tsx";
import { ChapterPage } from "./pages/chapter.tsx";
import { HomePage } from "./pages/home.tsx";
import { Lazy } from "./pages/lazy.tsx";
import { isLazy, route } from "./router.ts";
import { theme, toggleTheme } from "./theme.ts";

export function App() {
  const { page, id } = route.value;
  const main = useRef<HTMLElement>(null);
  const nav = useRef<HTMLElement>(null);
  const first = useRef(true);
  const chapter = id.split("/")[0];
  // A new page starts at its top, and is announced by moving the focus there.
  useEffect(() => {
    if (first.current) first.current = false;
    else {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }, [page, id]);

  // Where the chapters do not all fit, the reader's own is in sight.
  useEffect(() => {
    const row = nav.current;
    const own = row?.querySelector<HTMLElement>("[aria-current]");
    if (row && own)
      row.scrollLeft = own.offsetLeft - row.offsetLeft - (row.clientWidth - own.offsetWidth) / 2;
  }, [chapter]);

  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <header class="top">
        <a class="brand" href="#/">
          Whetstone
        </a>
        <nav aria-label="Chapters" ref={nav}>
          {chapters
            .filter((c) => c.cards.length > 0)
            .map((c) => (
              <a key={c.id} href={`#/chapter/${c.id}`} aria-current={chapter === c.id ? "true" : undefined}>
                {c.title}
              </a>
            ))}
        </nav>
        <Find />
        <button
          type="button"
          class="quiet"
          onClick={toggleTheme}
          aria-label={`Switch to ${theme.value === "dark" ? "light" : "dark"} colours`}
        >
          {theme.value === "dark" ? "Light" : "Dark"}
        </button>
      </header>
      <main id="main" tabIndex={-1} ref={main}>
        {page === "home" && <HomePage chapters={chapters} />}
        {page === "chapter" && <ChapterPage chapters={chapters} id={id} />}
        {page === "card" && <CardPage key={id} chapters={chapters} id={id} />}
        {isLazy(page) && <Lazy key={page} page={page} chapters={chapters} id={id} />}
        {page === "unknown" && (
          <p class="notice">There is no page at this address. The chapters are above.</p>
        )}
      </main>
      <footer class="foot">
        <span>Every number on these pages is computed here, while you look.</span>
        <span class="foot-links">
          <a href="#/errata">Errata</a> <a href="#/api">API reference</a>
        </span>
        <span>{threads()}</span>
      </footer>
    </>
  );
}

function threads(): string {
  if (!crossOriginIsolated) return "1 thread (page is not isolated)";
  const n = navigator.hardwareConcurrency;
  return `${n} ${n === 1 ? "thread" : "threads"}`;
}
