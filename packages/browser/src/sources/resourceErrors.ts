import type { Source } from "../contract/source.ts";

/** Counts images, scripts, style sheets and other resources that did not load, by the element's tag. */
export const resourceErrors = (): Source => (page) => {
  // Such an event does not bubble, and has an element for its target; that of a script error has the window.
  page.on(window, "error", ({ target }: Event) => {
    if (target instanceof Element) page.record({ type: "resource_error", name: target.localName });
  });
};
