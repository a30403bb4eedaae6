import { Component, type ComponentChildren } from "preact";

interface Props {
  readonly children: ComponentChildren;
}
interface State {
  readonly why: string | null;
}

/** A page that throws says so in one sentence; what is around it goes on. */
export class Boundary extends Component<Props, State> {
  override state: State = { why: null };
  static override getDerivedStateFromError(cause: unknown): State {
    const why = cause instanceof Error ? cause.message : String(cause);
    return { why: why.trim().replace(/[.\s]+$/, "") };
  }
  override render({ children }: Props, { why }: State) {
    if (why === null) return children;
    return (
      <p class="notice" role="alert">
        This page stopped: {why}.{" "}
        <button type="button" class="quiet" onClick={() => this.setState({ why: null })}>
          Try again
        </button>
      </p>
    );
  }
}
