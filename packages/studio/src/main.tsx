import { render } from "preact";
import { App } from "./app.tsx";
import "katex/dist/katex.min.css";
import "./styles/tokens.css";
import "./styles/page.css";
import "./styles/header.css";
import "./styles/home.css";
import "./styles/gallery.css";
import "./styles/card.css";
import "./styles/lab.css";
import "./styles/print.css";

render(<App />, document.getElementById("app")!);
