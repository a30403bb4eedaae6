import { dateOf, dayOf } from "../../store/clock.ts";
import { memory } from "../../store/history.ts";
import { forecast } from "../../store/queue.ts";
import { type Retention, retention, reviewsPerDay } from "../../store/statistics.ts";
import { Bars } from "./bars.tsx";
import { allItems, clock, perChapter } from "./deck.ts";

const DAYS = 30;
const percent = ({ asked, known }: Retention) =>
  asked === 0 ? "–" : `${Math.round((100 * known) / asked)} %`;

export function StatisticsView({ title }: { readonly title: (chapter: string) => string }) {
  const time = clock.value;
  const today = dayOf(time);
  const past = reviewsPerDay(memory.value, time, DAYS);
  const coming = forecast(allItems, memory.value, time, DAYS);
  const name = (day: number) => (day === today ? "today" : dateOf(day));
  const spans = [
    ["last 7 days", 7],
    ["last 30 days", 30],
    ["ever", Number.POSITIVE_INFINITY],
  ] as const;
  return (
    <>
      <section aria-labelledby="achieved">
        <h2 id="achieved">Retention achieved</h2>
        <p class="about">Of the due items you were asked, those you still knew.</p>
        <dl class="figures">
          {spans.map(([span, days]) => {
            const found = retention(memory.value, time, days);
            return (
              <div key={span}>
                <dt>
                  {span}, {found.asked} asked
                </dt>
                <dd>{percent(found)}</dd>
              </div>
            );
          })}
        </dl>
      </section>
      <div class="pair">
        <section aria-labelledby="past">
          <h2 id="past">Answers a day</h2>
          <Bars
            values={past}
            names={past.map((_, i) => name(today - DAYS + 1 + i))}
            label="Answers on each of the last 30 days"
            ticks={[0, DAYS >> 1, DAYS - 1]}
          />
        </section>
        <section aria-labelledby="coming">
          <h2 id="coming">Due in the days to come</h2>
          <Bars
            values={coming}
            names={coming.map((_, i) => name(today + i))}
            label="Items that fall due on each of the next 30 days"
            ticks={[0, DAYS >> 1, DAYS - 1]}
            tone="second"
          />
        </section>
      </div>
      <section aria-labelledby="by-chapter">
        <h2 id="by-chapter">By chapter</h2>
        <div class="wide">
          <table class="deck">
            <thead>
              <tr>
                <th scope="col">Chapter</th>
                <th scope="col">Items</th>
                <th scope="col">Seen</th>
                <th scope="col">Known</th>
                <th scope="col">Retention</th>
              </tr>
            </thead>
            <tbody>
              {perChapter.value.map(({ chapter, counts: c }) => {
                const own = new Set(chapter.items);
                const found = retention(memory.value, time, Number.POSITIVE_INFINITY, (i) => own.has(i));
                return (
                  <tr key={chapter.id}>
                    <th scope="row">{title(chapter.id)}</th>
                    <td>{c.total}</td>
                    <td>{c.total - c.fresh}</td>
                    <td>{c.known}</td>
                    <td>{percent(found)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </section>
    </>
  );
}
