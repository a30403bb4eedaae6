import pages from "virtual:api-chapters";
import { useEffect, useState } from "preact/hooks";
import {
  type ApiChapter,
  type ApiEntry,
  type ApiKind,
  type ApiLine,
  type ApiMember,
  type ApiName,
  type ApiParam,
  apiHref,
} from "../../api.ts";
import { cardHref } from "../../router.ts";

const html = (text: string) => ({ dangerouslySetInnerHTML: { __html: text } });

const KIND: Readonly<Record<ApiKind, string>> = {
  estimator: "estimator",
  model: "model",
  class: "class",
  function: "function",
  constant: "constant",
  type: "type",
};

export function EntryPage({ chapter, name }: { readonly chapter: ApiChapter; readonly name: ApiName }) {
  const [entry, setEntry] = useState<ApiEntry | null>(null);
  const [lost, setLost] = useState(false);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let current = true;
    pages[chapter.id]?.().then(
      (module) => {
        if (!current) return;
        setLost(false);
        setEntry(module.default.find((e) => e.name === name.name) ?? null);
      },
      () => current && setLost(true),
    );
    return () => {
      current = false;
    };
  }, [chapter.id, name.name, attempt]);
  return (
    <article class="api">
      <p class="crumb">
        <a href="#/api">API reference</a> / <a href={apiHref(chapter.id)}>{chapter.title}</a>
      </p>
      <h1>
        <code class="api-name">{name.name}</code> <small class="api-kind">{KIND[name.kind]}</small>
      </h1>
      {lost && (
        <p class="notice" role="alert">
          This chapter could not be loaded; is the connection gone?{" "}
          <button type="button" class="quiet" onClick={() => setAttempt(attempt + 1)}>
            Try again
          </button>
        </p>
      )}
      {entry && <Entry entry={entry} from={chapter.from} />}
    </article>
  );
}

function Entry({ entry, from }: { readonly entry: ApiEntry; readonly from: string }) {
  const own = entry.members.filter((m) => m.from === undefined);
  const args = entry.params.filter((p) => p.accepts === undefined);
  const table = entry.params.filter((p) => p.accepts !== undefined);
  const parents = [...new Set(entry.members.flatMap((m) => m.from ?? []))];
  return (
    <>
      <pre class="signature" tabIndex={0}>
        <code
          {...html(
            `<span class="t-comment">import { ${entry.kind === "type" ? "type " : ""}${entry.name} } from "${from}";</span>\n${entry.signature}`,
          )}
        />
      </pre>
      <div class="api-prose" {...html(entry.description)} />
      {entry.examples.map((lines, i) => (
        <section key={i}>
          <h2>{entry.examples.length > 1 ? `Example ${i + 1}` : "Example"}</h2>
          <Example lines={lines} />
        </section>
      ))}
      <Params title="Arguments" params={args} />
      <Params title={entry.kind === "estimator" ? "Parameters" : "Options"} params={table} />
      {entry.returns !== "" && (
        <section>
          <h2>Returns</h2>
          <p class="api-prose" {...html(entry.returns)} />
        </section>
      )}
      {entry.throws.length > 0 && (
        <section>
          <h2>Errors</h2>
          <ul class="api-prose">
            {entry.throws.map((t) => (
              <li key={t} {...html(t)} />
            ))}
          </ul>
        </section>
      )}
      {own.length > 0 && (
        <section>
          <h2>Members</h2>
          <Members members={own} />
        </section>
      )}
      {parents.length > 0 && (
        <section>
          <h2>Inherited</h2>
          {parents.map((parent) => (
            <section key={parent}>
              <h3 class="api-parent">
                from <code>{parent}</code>
              </h3>
              <Members members={entry.members.filter((m) => m.from === parent)} />
            </section>
          ))}
        </section>
      )}
      {entry.sources.length > 0 && (
        <section>
          <h2>Source</h2>
          <ul class="api-prose">
            {entry.sources.map((s) => (
              <li key={s} {...html(s)} />
            ))}
          </ul>
        </section>
      )}
      {entry.cards.length > 0 && (
        <section>
          <h2>Cards that use it</h2>
          <ul class="api-cards">
            {entry.cards.map((c) => (
              <li key={c.id}>
                <a href={cardHref(c.id)}>{c.title}</a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Params({ title, params }: { readonly title: string; readonly params: readonly ApiParam[] }) {
  if (params.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <dl class="api-params">
        {params.map((p) => (
          <div key={p.name}>
            <dt>
              <code class="api-param">{p.name}</code>
              {p.accepts !== undefined && (
                <span>
                  {p.accepts}; default <code>{p.default}</code>
                </span>
              )}
            </dt>
            <dd {...html(p.doc)} />
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Code, and beside each line that gives a value the value it gave. */
function Example({ lines }: { readonly lines: readonly ApiLine[] }) {
  return (
    <pre class="example" tabIndex={0}>
      {lines.map((line, i) => (
        <div key={i} class="line">
          <code class="api-code" {...html(line.code === "" ? "\n" : line.code)} />
          {line.value !== undefined && (
            <output>
              <span aria-hidden="true">→ </span>
              <span class="unseen">gives </span>
              {line.value}
            </output>
          )}
        </div>
      ))}
    </pre>
  );
}

function Members({ members }: { readonly members: readonly ApiMember[] }) {
  return (
    <dl class="api-members">
      {members.map((m) => (
        <div key={`${m.name} ${m.signature}`}>
          <dt>
            <code {...html(m.signature)} />
          </dt>
          {m.doc !== "" && <dd {...html(m.doc)} />}
        </div>
      ))}
    </dl>
  );
}
