import type { Source, SourceContext } from "../contract/source.ts";
import { rootTimer } from "../base/rootTimer.ts";
import { firstMatch, onUserClick } from "./userClicks.ts";
import { navigationTarget } from "./navigationTarget.ts";
import { openTrees } from "./openTrees.ts";
import { patch } from "./patch.ts";
import { endpointOf } from "./endpoint.ts";
import { RAGE_CLICKS, RAGE_MS, RAGE_PX, DEAD_CLICK_MS, ERROR_CLICK_MS } from "../base/limits.ts";

/**
 * Counts rage clicks, dead clicks and error clicks. Ignores elements with `data-rum-ignore` and their descendants: a
 * stepper is clicked fast on purpose.
 *
 * Effects of a click are: a change of the document or of an open shadow tree, a scroll, a selection, an input, a reset, a
 * navigation, an answered request, a new tab or dialog, a download, an animation, media playback, a copied text.
 */
export const frustration = (): Source => (page) => {
  let recent: MouseEvent[] = [];
  let last: { name: string; at: number } | "" | void;
  let endWatch: (() => void) | undefined;

  onUserClick(page, (name, path, event) => {
    if (firstMatch(path, "[data-rum-ignore]")) return;
    // Elements whose clicks work only by script. Others have effects that scripts cannot see: a link navigates or downloads,
    // a field opens a picker of the browser.
    const isScripted = firstMatch(
      path,
      "a,button,[role=button],[role=link],[role=menuitem],[role=tab],[onclick]",
    );
    // Clicks by key have no `detail`; a held key repeats them. An element without a pointer cursor that is not a button is
    // text, which users select by repeated clicks.
    if (event.detail && (isScripted || getComputedStyle(path[0]!).cursor === "pointer")) {
      recent = recent.filter(
        ({ x, y, timeStamp }) =>
          event.timeStamp - timeStamp < RAGE_MS && Math.hypot(event.x - x, event.y - y) < RAGE_PX,
      );
      recent.push(event);
      if (recent.length === RAGE_CLICKS) page.record({ type: "rage_click", name });
    }
    // Without a session there is no consent yet. Errors processed after the consent may be older than this click.
    last = page.session().id && { name, at: event.timeStamp };
    endWatch?.();
    // Links leave the page or open another program (`tel:`, `mailto:`), which fires no event.
    if (isScripted && !firstMatch(path, "[href]:not([href^='#'])"))
      endWatch = watchForEffect(page, name, path);
  });
  page.hooks.events.push((event) => {
    if (event.type !== "error" || !last || performance.now() - last.at > ERROR_CLICK_MS) return;
    // Not a notice, opaque or extension error.
    if (/^[noe]/.test(event.source)) return;
    page.record({ type: "error_click", name: last.name });
    // An error is an effect, so the click is not dead.
    last = endWatch?.();
  });
  return () => endWatch?.();
};

/** Records a dead click unless an effect occurs in time. Returns the function that ends the watch. */
const watchForEffect = (page: SourceContext, name: string, path: readonly Element[]): (() => void) => {
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
  // Requests to the collector are not effects.
  const requests = new PerformanceObserver((list) => {
    if (list.getEntries().find((entry) => endpointOf(page, entry.name))) stop();
  });

  for (const tree of openTrees(document))
    mutations.observe(tree, { characterData: true, attributes: true, childList: true, subtree: true });
  // At each node of the path, because most of these events do not leave a shadow tree.
  for (const node of [...path, navigationTarget()])
    for (const effect of "navigate scroll input change invalid submit reset toggle blur fullscreenchange pagehide selectionchange beforeunload copy play pause beforeprint".split(
      " ",
    ))
      node.addEventListener(effect, stop, { signal: end.signal, capture: true });
  requests.observe({ type: "resource" });
  patchSilentEffects(stop, end.signal);
  return stop;
};

type Owner = Record<string, (...args: unknown[]) => unknown>;

/** Calls `onEffect` before each call of a browser function that has an effect and fires no event, until the signal. */
const patchSilentEffects = (onEffect: () => void, signal: AbortSignal): void => {
  try {
    for (const [owner, ...calls] of [
      [window, "alert", "confirm", "prompt", "open"],
      // Patches every element. `click` opens a file picker or downloads, even if the element is not in the document.
      [document.body, "click", "animate"],
      [navigator.clipboard, "write", "writeText"],
    ] as unknown as [owner: Owner, ...calls: string[]][])
      for (const call of calls)
        signal.addEventListener(
          "abort",
          patch(
            owner,
            call,
            (original) =>
              function (this: unknown, ...args) {
                onEffect();
                return original.apply(this, args);
              },
          ),
        );
  } catch {
    // An insecure context has no clipboard, and a frozen prototype cannot be patched.
  }
};
