import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";

/** Renders an app into the page, under StrictMode. */
export function mount(app: ReactNode): void {
  const root = document.body.appendChild(document.createElement("main"));
  createRoot(root).render(<StrictMode>{app}</StrictMode>);
}

/** A sign for the test that this path is on the screen. */
export function Shown({ path }: { path: string }): ReactNode {
  return <output>{path}</output>;
}
