import type { SourceContext } from "./source.ts";

type Navigation = "push" | "replace" | "traverse";
type HistoryMethod = History["pushState"] & { undone?: HistoryMethod };

/**
 * Calls the listener after each navigation within the document, also where the path stays the same.
 *
 * By the Navigation API, which needs no patch (Chromium since 102), else by wrapping `history.pushState` and
 * `replaceState`. Returns what undoes the wrapping.
 */
export function onPathChange(
  page: SourceContext,
  listener: (navigation: Navigation) => void,
): (() => void) | void {
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation) {
    // Null is `updateCurrentEntry`, which moves nowhere.
    page.on(navigation, "currententrychange", (event: { navigationType: Navigation | null }) =>
      listener(event.navigationType ?? "replace"),
    );
    return;
  }
  page.on(window, "popstate", () => listener("traverse"));
  const undoPush = wrap(
    "pushState",
    page.guard(() => listener("push")),
  );
  const undoReplace = wrap(
    "replaceState",
    page.guard(() => listener("replace")),
  );
  return () => {
    undoPush();
    undoReplace();
  };
}

function wrap(name: "pushState" | "replaceState", onCall: () => void): () => void {
  const methods = history as Record<typeof name, HistoryMethod>;
  const original = methods[name];
  const wrapper: HistoryMethod = (...state) => {
    original.apply(history, state);
    if (!wrapper.undone) onCall();
  };
  methods[name] = wrapper;
  return () => {
    wrapper.undone = original;
    // From the top down to the first that is in use: clients may stop in any order. Under another library's
    // wrapper ours stays, and only passes on.
    while (methods[name].undone) methods[name] = methods[name].undone;
  };
}
