import type { Recorder } from "./createRecorder.ts";
import { describeError } from "./describeError.ts";
import type { MetricsOptions } from "./metrics.ts";
import type { SourceContext } from "./source.ts";

/** Distinct errors of a page view that travel: an error loop with changing text may not crowd out the rest. */
const MAX_DISTINCT_ERRORS = 50;

/** UTF-16 units that tell errors apart. Fifty whole stacks would be half a megabyte. */
const ERROR_KEY_UNITS = 1_000;

/** What the sources of one client know of their page and may do with it. */
export function createPage(
  options: MetricsOptions,
  recorder: Recorder,
  { guard, on }: Pick<SourceContext, "guard" | "on">,
): SourceContext {
  const knownErrors = new Set<string>();
  const seenErrors = new WeakSet();
  let viewedRoute: string | undefined;

  const page: SourceContext = {
    options,
    guard,
    on,
    route: () => viewedRoute ?? page.pathRoute(),
    pathRoute: () => routeOf(location.pathname, options.route),
    record: (event, route = page.route()) => recorder.record(event, route),
    recordPageView(route, navigation = viewedRoute ? "push" : firstNavigation()) {
      viewedRoute = route;
      knownErrors.clear();
      page.record({ type: "page_view", navigation });
    },
    recordError(error, source, componentStack) {
      if (error instanceof Object) {
        if (seenErrors.has(error)) return;
        seenErrors.add(error);
      }
      const described = describeError(error, componentStack);
      const key = JSON.stringify(described).slice(0, ERROR_KEY_UNITS);
      if (!knownErrors.has(key) && knownErrors.size === MAX_DISTINCT_ERRORS)
        return recorder.drop("queue_full");
      knownErrors.add(key);
      page.record({ type: "error", source, ...described });
    },
  };
  return page;
}

function routeOf(path: string, name: MetricsOptions["route"]): string {
  try {
    return name?.(path) || path;
  } catch {
    return path;
  }
}

function firstNavigation(): "prerender" | "load" {
  const [entry] = performance.getEntriesByType("navigation") as { activationStart?: number }[];
  // Only Chromium prerenders; only there the entry says when the page was shown.
  return entry?.activationStart ? "prerender" : "load";
}
