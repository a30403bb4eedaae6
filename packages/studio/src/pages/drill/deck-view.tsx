import { saveSettings, settings } from "../../store/history.ts";
import { chosen, deck, perChapter, today } from "./deck.ts";

/** The three counts that Anki shows, in its order. */
export function ThreeCounts() {
  const { fresh, learning, due } = today.value;
  return (
    <dl class="three">
      <div class="n-new">
        <dt>new</dt>
        <dd>{fresh.length}</dd>
      </div>
      <div class="n-learning">
        <dt>learning</dt>
        <dd>{learning.length}</dd>
      </div>
      <div class="n-due">
        <dt>due</dt>
        <dd>{due.length}</dd>
      </div>
    </dl>
  );
}

export function DeckView({ title }: { readonly title: (chapter: string) => string }) {
  const named = settings.value.chapters;
  const all = named.length === 0;
  const { fresh, learning, due } = today.value;
  const left = fresh.length + learning.length + due.length;
  const choose = (id: string, on: boolean) => {
    const before = all ? [] : chosen.value.map((c) => c.id);
    const after = on ? [...before, id] : before.filter((c) => c !== id);
    void saveSettings({ chapters: after.length === deck.length ? [] : after });
  };
  return (
    <>
      <section class="today" aria-labelledby="today">
        <div>
          <h2 id="today">Today</h2>
          <p class="about">
            {all
              ? "All chapters."
              : `${chosen.value.length} ${chosen.value.length === 1 ? "chapter" : "chapters"} chosen.`}{" "}
            <Backlog />
          </p>
        </div>
        <ThreeCounts />
        <a class="go" href="#/drill/study">
          {left > 0 ? "Study" : "Look ahead"}
        </a>
      </section>
      <section aria-labelledby="chapters-of-deck">
        <div class="row">
          <h2 id="chapters-of-deck">Chapters</h2>
          {!all && (
            <button type="button" class="quiet" onClick={() => void saveSettings({ chapters: [] })}>
              Study all
            </button>
          )}
        </div>
        <p class="about">Tick the chapters you want to study; with none ticked, all are.</p>
        <div class="wide">
          <table class="deck">
            <thead>
              <tr>
                <th scope="col">Chapter</th>
                <th scope="col">New</th>
                <th scope="col">Learning</th>
                <th scope="col">Due</th>
                <th scope="col">Known</th>
              </tr>
            </thead>
            <tbody>
              {perChapter.value.map(({ chapter, counts: c }) => (
                <tr key={chapter.id} class={all || named.includes(chapter.id) ? "" : "out"}>
                  <th scope="row">
                    <label>
                      <input
                        type="checkbox"
                        checked={named.includes(chapter.id)}
                        onChange={(event) => choose(chapter.id, event.currentTarget.checked)}
                      />
                      {title(chapter.id)}
                    </label>
                  </th>
                  <td class={c.fresh ? "n-new" : "none"}>{c.fresh}</td>
                  <td class={c.learning ? "n-learning" : "none"}>{c.learning}</td>
                  <td class={c.due ? "n-due" : "none"}>{c.due}</td>
                  <td class="known">
                    <span class="bar" aria-hidden="true">
                      <span style={{ width: `${(100 * c.known) / c.total}%` }} />
                    </span>
                    <span class="share">
                      {c.known} <small>of {c.total}</small>
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </>
  );
}

/** How long an overdue pile takes, where there is one. */
export function Backlog() {
  const { waiting, due, backlogDays } = today.value;
  const cap = settings.value.dailyCap;
  if (waiting <= due.length) return null;
  return (
    <span class="backlog">
      {waiting} reviews wait; today brings the {due.length} you are likeliest to forget.{" "}
      {backlogDays === null
        ? `At ${cap} a day the pile does not end within a year: raise the cap, or take fewer new cards.`
        : `At ${cap} a day the pile is gone in ${backlogDays} days.`}
    </span>
  );
}
