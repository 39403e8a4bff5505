import type { SourceContext } from "../contract/source.ts";

/** Calls the listener when the page is hidden or left, once until it is shown again. */
export const onLeave = (page: SourceContext, listener: () => void): void => {
  let isLeft = false;
  const leave = (): void => {
    if (!isLeft) listener();
    isLeft = true;
  };
  const show = (): void => {
    isLeft = false;
  };
  page.on(window, "pagehide", leave);
  page.on(window, "pageshow", show);
  page.on(window, "visibilitychange", () => (document.hidden ? leave() : show()));
};
