import { render } from "preact";
import { App } from "./app.tsx";
import { watch } from "./offline/watch.ts";
import "katex/dist/katex.min.css";
import "./styles/tokens.css";
import "./styles/page.css";
import "./styles/header.css";
import "./styles/home.css";
import "./styles/gallery.css";
import "./styles/card.css";
import "./styles/lab.css";
import "./styles/print.css";
import "./offline/offline.css";

render(<App />, document.getElementById("app")!);
watch();
