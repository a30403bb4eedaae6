import { useEffect, useRef } from "preact/hooks";
import { PARTS } from "./catalogue.ts";
import { Find } from "./find/find.tsx";
import { chapterHref, route } from "./router.ts";
import type { ChapterSummary } from "./sheet.ts";
import { theme, toggleTheme } from "./theme.ts";

const PLACES = [
  ["drill", "Drill"],
  ["speed", "Speed run"],
  ["interview", "Interview"],
  ["errata", "Errata"],
  ["api", "Reference"],
  ["print", "Print"],
] as const;

const MENU = "chapter-menu";

/** The name, the places, and a menu of the chapters, which on a phone holds the places too. */
export function Header({ chapters }: { readonly chapters: readonly ChapterSummary[] }) {
  const menu = useRef<HTMLDivElement>(null);
  const { page, id } = route.value;
  const own = page === "chapter" || page === "card" ? id.split("/")[0] : undefined;

  // Whoever has chosen has no more use for the menu.
  const { value } = route;
  useEffect(() => {
    if (menu.current?.matches(":popover-open")) menu.current.hidePopover();
  }, [value]);

  return (
    <header class="top">
      <a class="brand" href="#/">
        Whetstone
      </a>
      <button type="button" class="quiet menu-button" popovertarget={MENU}>
        <span class="on-wide">Chapters</span>
        <span class="on-phone">Menu</span>
      </button>
      <nav class="places on-wide" aria-label="Places">
        <Places page={page} />
      </nav>
      <div class="tools">
        <Find />
        <button
          type="button"
          class="quiet"
          onClick={toggleTheme}
          aria-label={`Switch to ${theme.value === "dark" ? "light" : "dark"} colours`}
        >
          {theme.value === "dark" ? "Light" : "Dark"}
        </button>
      </div>
      <div id={MENU} class="menu" popover ref={menu}>
        <nav class="places on-phone" aria-label="All places">
          <Places page={page} />
        </nav>
        <nav class="menu-chapters" aria-label="Chapters">
          {PARTS.map((part) => {
            const open = chapters.filter((c) => c.cards.length > 0 && part.homes.some((h) => h.id === c.id));
            return open.length === 0 ? null : (
              <section key={part.title}>
                <p class="part">{part.title}</p>
                <ul>
                  {open.map((c) => (
                    <li key={c.id}>
                      <a href={chapterHref(c.id)} aria-current={own === c.id ? "true" : undefined}>
                        {c.title}
                      </a>
                      <small aria-hidden="true">{c.cards.length}</small>
                    </li>
                  ))}
                </ul>
              </section>
            );
          })}
        </nav>
      </div>
    </header>
  );
}

function Places({ page }: { readonly page: string }) {
  const sheet = page === "home" || page === "chapter" || page === "card";
  return (
    <>
      <a href="#/" aria-current={sheet ? "true" : undefined}>
        Sheet
      </a>
      {PLACES.map(([name, title]) => (
        <a key={name} href={`#/${name}`} aria-current={page === name ? "page" : undefined}>
          {title}
        </a>
      ))}
    </>
  );
}
