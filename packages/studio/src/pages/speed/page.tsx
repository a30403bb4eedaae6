import type { PageProps } from "../lazy.tsx";

export default function Page(_: PageProps) {
  return <h1>Speed run</h1>;
}
