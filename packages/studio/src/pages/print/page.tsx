import "./print-page.css";
import { route } from "../../router.ts";
import type { PageProps } from "../lazy.tsx";
import { choiceOf } from "./choice.ts";
import { Chooser } from "./chooser.tsx";
import { Sheet } from "./sheet.tsx";

export default function Page({ chapters, id }: PageProps) {
  const { query } = route.value;
  if (id === "") return <Chooser chapters={chapters} />;
  return <Sheet key={`${id}${JSON.stringify(query)}`} chapters={chapters} id={id} choice={choiceOf(query)} />;
}
