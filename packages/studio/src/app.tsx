import chapters from "virtual:sheet";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Header } from "./header.tsx";
import { Boundary } from "./offline/boundary.tsx";
import { KeptNote, NewerNote } from "./offline/notes.tsx";
import { CardPage } from "./pages/card.tsx";
import { ChapterPage } from "./pages/chapter.tsx";
import { HomePage } from "./pages/home.tsx";
import { Lazy } from "./pages/lazy.tsx";
import { Missing } from "./pages/missing.tsx";
import { isLazy, route } from "./router.ts";

export function App() {
  const { page, id } = route.value;
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  // A new page starts at its top, and is announced by moving the focus there.
  useLayoutEffect(() => {
    if (first.current) first.current = false;
    else {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }, [page, id]);

  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <NewerNote />
      <Header chapters={chapters} />
      <main id="main" tabIndex={-1} ref={main}>
        <Boundary key={isLazy(page) ? page : `${page}/${id}`}>
          {page === "home" && <HomePage chapters={chapters} />}
          {page === "chapter" && <ChapterPage chapters={chapters} id={id} />}
          {page === "card" && <CardPage key={id} chapters={chapters} id={id} />}
          {isLazy(page) && <Lazy key={page} page={page} chapters={chapters} id={id} />}
          {page === "unknown" && <Missing>There is no page at this address.</Missing>}
        </Boundary>
      </main>
      <footer class="foot">
        <span>Every number on these pages is computed here, while you look.</span>
        <KeptNote />
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
