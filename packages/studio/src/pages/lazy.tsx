import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LazyPage } from "../router.ts";
import type { ChapterSummary } from "../sheet.ts";

export interface PageProps {
  readonly chapters: readonly ChapterSummary[];
  /** What follows the page's name in the address. */
  readonly id: string;
}

const LOAD: Readonly<Record<LazyPage, () => Promise<{ default: ComponentType<PageProps> }>>> = {
  drill: () => import("./drill/page.tsx"),
  speed: () => import("./speed/page.tsx"),
  interview: () => import("./interview/page.tsx"),
  errata: () => import("./errata/page.tsx"),
  print: () => import("./print/page.tsx"),
  api: () => import("./api/page.tsx"),
};

/** A page whose code comes when it is opened. */
export function Lazy({ page, ...props }: PageProps & { readonly page: LazyPage }) {
  const [loaded, setLoaded] = useState<{ readonly Page: ComponentType<PageProps> } | null>(null);
  const [lost, setLost] = useState(false);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let current = true;
    LOAD[page]().then(
      (module) => {
        if (!current) return;
        setLost(false);
        setLoaded({ Page: module.default });
      },
      () => current && setLost(true),
    );
    return () => {
      current = false;
    };
  }, [page, attempt]);
  if (lost)
    return (
      <p class="notice" role="alert">
        This page could not be loaded; is the connection gone?{" "}
        <button type="button" class="quiet" onClick={() => setAttempt(attempt + 1)}>
          Try again
        </button>
      </p>
    );
  return loaded ? <loaded.Page {...props} /> : <p class="lead">Loading …</p>;
}
