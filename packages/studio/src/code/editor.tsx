/** The editor, a chunk of its own: it arrives when a reader presses Edit. */
import { javascript } from "@codemirror/lang-javascript";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";
import { basicSetup, EditorView } from "codemirror";
import { useEffect, useRef } from "preact/hooks";

const LOOK = EditorView.theme({
  "&": { backgroundColor: "var(--panel)", color: "var(--ink)", fontSize: "var(--size-0)" },
  ".cm-content": { fontFamily: "var(--mono)", caretColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--ink-2)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused": { outline: "2px solid var(--accent)" },
  ".cm-scroller": { maxHeight: "36rem", lineHeight: "1.55" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--line) !important",
  },
  ".cm-matchingBracket": { backgroundColor: "var(--line) !important" },
});
const INK = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
]);

interface Props {
  readonly initial: string;
  readonly onText: (text: string) => void;
}

/** Tab moves on, as everywhere on the page; text is indented by spaces. */
export default function Editor({ initial, onText }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const view = new EditorView({
      doc: initial,
      parent: holder.current!,
      extensions: [
        syntaxHighlighting(INK),
        basicSetup,
        javascript({ typescript: true }),
        LOOK,
        EditorView.contentAttributes.of({ "aria-label": "Code of the experiment", tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onText(update.state.doc.toString());
        }),
      ],
    });
    view.focus();
    return () => view.destroy();
  }, [initial]);
  return <div class="editor" ref={holder} />;
}
