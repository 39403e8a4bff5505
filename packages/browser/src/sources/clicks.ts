import type { Source } from "../source.ts";
import { clickName } from "./elementName.ts";

/**
 * Counts clicks by the `data-rum` name of the clicked element or of the closest ancestor that has one, else
 * by role or tag.
 */
export function clicks(): Source {
  return (page) => {
    page.on(document, "click", (event: MouseEvent) => page.record({ type: "click", name: clickName(event) }));
  };
}
