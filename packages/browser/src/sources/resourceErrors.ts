import type { Source } from "../contract/source.ts";

/** Counts images, scripts, style sheets and other resources that failed to load, by the element's tag. */
export const resourceErrors = (): Source => (page) => {
  // The target of such an event is an element, and it does not bubble. The target of a script error is the window.
  page.on(window, "error", ({ target: { localName: name } }: { target: Element }) => {
    if (name) page.record({ type: "resource_error", name });
  });
};
