/** What stands where an address leads nowhere. */
export function Missing({ children }: { readonly children: string }) {
  return (
    <section>
      <h1>Nothing here</h1>
      <p class="lead">{children}</p>
      <p class="lead">
        <a href="#/">The map of the sheet</a> shows all there is.
      </p>
    </section>
  );
}
