import type { Source } from "./source.ts";

/**
 * Counts clicks by the `data-rum` name of the clicked element or of the closest ancestor that has one.
 *
 * A click without a name is not captured, and neither text nor value nor id of an element is ever read.
 */
export function clicks(): Source {
  return (page) => {
    // In the capture phase, so that an app's stopPropagation does not hide a click.
    page.on(
      document,
      "click",
      (event: MouseEvent) => {
        const name = clickName(event);
        if (name) page.record({ type: "click", name });
      },
      true,
    );
  };
}

/** The path crosses open shadow roots, which `closest` does not. */
function clickName(event: MouseEvent): string | undefined {
  for (const target of event.composedPath()) {
    const name = (target as Partial<Element>).getAttribute?.("data-rum");
    if (name) return name;
  }
  return undefined;
}
