/** Light, dark, or as the system: kept where storage allows, forgotten where it does not. */
import { effect, signal } from "@preact/signals";

const KEY = "whetstone-theme";
type Theme = "light" | "dark";

function stored(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null;
  }
}

const system = matchMedia("(prefers-color-scheme: dark)");
export const theme = signal<Theme>(stored() ?? (system.matches ? "dark" : "light"));
system.addEventListener("change", () => {
  if (stored() === null) theme.value = system.matches ? "dark" : "light";
});
effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

export function toggleTheme(): void {
  theme.value = theme.value === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
