import type { PageProps } from "../lazy.tsx";

export default function Page(_: PageProps) {
  return <h1>Library reference</h1>;
}
