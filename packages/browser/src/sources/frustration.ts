import { rootTimer } from "../base/rootTimer.ts";
import { RAGE_CLICKS, RAGE_MS, RAGE_PX, DEAD_CLICK_MS, ERROR_CLICK_MS } from "../base/limits.ts";
import type { Source, SourceContext } from "../contract/source.ts";
import { patch } from "./patch.ts";
import { endpointOf } from "./endpoint.ts";
import { firstMatch, onUserClick } from "./userClicks.ts";

/**
 * What does something by a script alone. All else has an effect that no script sees: a link leads somewhere or
 * downloads, a field opens a picker of the browser.
 */
const SCRIPTED = "a,button,[role=button],[role=link],[role=menuitem],[role=tab],[onclick]";

/** What leads away, or to another program (`tel:`, `mailto:`), of which no event tells. */
const LINK = "[href]:not([href^='#'])";

/** What an effect looks like. */
const EFFECTS =
  "scroll input change invalid submit reset toggle blur fullscreenchange pagehide selectionchange beforeunload copy play pause beforeprint".split(
    " ",
  );

/**
 * Counts rage clicks, dead clicks and error clicks. Elements with `data-rum-ignore`, and all within, are left
 * out: a stepper is clicked fast on purpose.
 *
 * An effect is a change of the document or of an open shadow tree, a scroll, a selection, an input, a reset, a navigation, a
 * request that was answered, a new tab or dialog, a download, an animation, media that play, a copied text.
 */
export const frustration = (): Source => (page) => {
  let recent: MouseEvent[] = [];
  let last: { name: string; at: number } | "" | void;
  let endWatch: (() => void) | undefined;

  onUserClick(page, (name, path, event) => {
    if (firstMatch(path, "[data-rum-ignore]")) return;
    const isScripted = firstMatch(path, SCRIPTED);
    // By a key there is no detail: a held key clicks on and on. What is no button and has no pointer is text to select.
    if (event.detail && (isScripted || getComputedStyle(path[0]!).cursor === "pointer")) {
      recent = recent.filter(
        ({ x, y, timeStamp }) =>
          event.timeStamp - timeStamp < RAGE_MS && Math.hypot(event.x - x, event.y - y) < RAGE_PX,
      );
      recent.push(event);
      if (recent.length === RAGE_CLICKS) page.record({ type: "rage_click", name });
    }
    // Without a session there is no consent, and what is told after it happened before: not by this click.
    last = page.session().id && { name, at: event.timeStamp };
    endWatch?.();
    if (isScripted && !firstMatch(path, LINK)) endWatch = watchForEffect(page, name);
  });
  page.hooks.events.push((event) => {
    if (event.type !== "error" || !last || performance.now() - last.at > ERROR_CLICK_MS) return;
    // Not by a notice, nor by what is opaque or of an extension.
    if (/^[noe]/.test(event.source)) return;
    page.record({ type: "error_click", name: last.name });
    // A click that fails had an effect.
    last = endWatch?.();
  });
  return () => endWatch?.();
};

type Owner = Record<string, (...args: unknown[]) => unknown>;

/** Records a dead click unless an effect is seen in time. Returns what ends the watch. */
const watchForEffect = (page: SourceContext, name: string): (() => void) => {
  const route = page.route();
  const end = new AbortController();
  const stop = (): void => {
    clearTimeout(timer);
    mutations.disconnect();
    requests.disconnect();
    end.abort();
  };
  const timer = rootTimer()(() => {
    stop();
    page.record({ type: "dead_click", name }, route);
  }, DEAD_CLICK_MS);
  const mutations = new MutationObserver(stop);
  // What goes to the collector is no effect.
  const requests = new PerformanceObserver((list) => {
    if (list.getEntries().some((entry) => endpointOf(page, entry.name))) stop();
  });

  /** Observes a tree and the open shadow trees in it. */
  const observe = (tree: ParentNode & Node): void => {
    mutations.observe(tree, { characterData: true, attributes: true, childList: true, subtree: true });
    for (const { shadowRoot } of tree.querySelectorAll("*")) if (shadowRoot) observe(shadowRoot);
  };

  const options = { signal: end.signal, capture: true };
  observe(document);
  for (const effect of EFFECTS) window.addEventListener(effect, stop, options);
  requests.observe({ type: "resource" });
  (window as { navigation?: EventTarget }).navigation?.addEventListener("navigate", stop, options);
  try {
    // Of these calls no event tells.
    for (const [owner, call] of [
      [window, "alert"],
      [window, "confirm"],
      [window, "prompt"],
      // Of every element. `click` opens a file picker, or downloads, also where the element is nowhere.
      [document.body, "animate"],
      [document.body, "click"],
      [navigator.clipboard, "write"],
      [navigator.clipboard, "writeText"],
    ] as unknown as [owner: Owner, call: string][])
      end.signal.addEventListener(
        "abort",
        patch(
          owner,
          call,
          (original) =>
            function (this: unknown, ...args) {
              stop();
              return original.apply(this, args);
            },
        ),
      );
  } catch {
    // An insecure context has no clipboard, and a frozen prototype no place for a wrapper.
  }
  return stop;
};
