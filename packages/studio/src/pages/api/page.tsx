/** The reference of the library: `#/api`, `#/api/<chapter>`, `#/api/<chapter>/<name>`. */
import apiChapters from "virtual:api";
import { useEffect } from "preact/hooks";
import { type ApiChapter, type ApiKind, apiHref } from "../../api.ts";
import type { PageProps } from "../lazy.tsx";
import { EntryPage } from "./entry.tsx";
import "./api.css";

export default function Page({ id }: PageProps) {
  const [chapterId = "", ...rest] = id.split("/");
  const name = rest.join("/");
  const chapter = apiChapters.find((c) => c.id === chapterId);
  const entry = chapter?.names.find((n) => n.name === name);
  const title = entry ? entry.name : chapter ? chapter.from : "API reference";
  useEffect(() => {
    document.title = `${title} – Whetstone`;
    return () => {
      document.title = "Whetstone";
    };
  }, [title]);
  if (id === "") return <Chapters />;
  if (!chapter) return <Missing what={`chapter “${chapterId}”`} href={apiHref("").replace(/\/$/, "")} />;
  if (name === "") return <Names chapter={chapter} />;
  if (!entry) return <Missing what={`name “${name}” in ${chapter.from}`} href={apiHref(chapter.id)} />;
  return <EntryPage key={id} chapter={chapter} name={entry} />;
}

function Missing({ what, href }: { readonly what: string; readonly href: string }) {
  return (
    <p class="notice">
      The library has no {what}. <a href={href}>See what there is.</a>
    </p>
  );
}

function Chapters() {
  const all = apiChapters.reduce((sum, c) => sum + c.names.length, 0);
  return (
    <div class="api">
      <h1>API reference</h1>
      <p class="lead">
        {all.toLocaleString("en")} names in {apiChapters.length} chapters, made from the library's own types
        and comments. The value beside each line of an example is the one it gave when it ran.
      </p>
      <ul class="api-chapters">
        {apiChapters.map((c) => (
          <li key={c.id}>
            <a href={apiHref(c.id)}>
              <strong>{c.title}</strong>
              <code>{c.from}</code>
              <span>{firstNames(c)}</span>
              <small>{c.names.length} names</small>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What a chapter is known by: estimators before functions, classes and the rest. */
function firstNames(chapter: ApiChapter): string {
  const order: readonly ApiKind[] = ["estimator", "function", "class", "model", "constant", "type"];
  const names = order.flatMap((kind) => chapter.names.filter((n) => n.kind === kind)).map((n) => n.name);
  return `${names.slice(0, 4).join(", ")}${names.length > 4 ? ", …" : ""}`;
}

const KINDS: readonly (readonly [ApiKind, string])[] = [
  ["estimator", "Estimators"],
  ["function", "Functions"],
  ["class", "Classes"],
  ["model", "Models that fitting gives"],
  ["constant", "Constants"],
  ["type", "Types"],
];

function Names({ chapter }: { readonly chapter: ApiChapter }) {
  const groups = KINDS.map(([kind, title]) => ({
    title,
    names: chapter.names.filter((n) => n.kind === kind),
  })).filter((g) => g.names.length > 0);
  return (
    <div class="api">
      <p class="crumb">
        <a href="#/api">API reference</a>
      </p>
      <h1>{chapter.title}</h1>
      <p class="lead">
        <code class="api-import">{`import { … } from "${chapter.from}";`}</code>
      </p>
      {groups.map((group) => (
        <section key={group.title} aria-label={group.title}>
          <h2>
            {group.title} <small class="api-kind">{group.names.length}</small>
          </h2>
          <ul class="api-names">
            {group.names.map((n) => (
              <li key={n.name}>
                <a href={apiHref(chapter.id, n.name)}>
                  <code>{n.name}</code>
                </a>
                <span>
                  <Summary text={n.summary} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Summary({ text }: { readonly text: string }) {
  return <>{text.split("`").map((part, i) => (i % 2 === 0 ? part : <code key={i}>{part}</code>))}</>;
}
