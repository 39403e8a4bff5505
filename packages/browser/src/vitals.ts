import { onCLS, onFCP, onINP, onLCP, onTTFB, type Metric } from "web-vitals";
import type { Source } from "./source.ts";

/**
 * Reports LCP, INP, CLS, FCP and TTFB once for each load and each restore from the back-forward cache.
 *
 * The first final value counts: a histogram cannot take back, so what `web-vitals` reports later under the
 * same id (INP after the page was hidden and shown again) is left out.
 */
export function vitals(): Source {
  const reported = new Set<string>();
  let landing: string | undefined;
  return (page) => {
    // `web-vitals` cannot be told to stop, so its callbacks outlive `stop()`: they record nothing then.
    if (landing) return;
    landing = page.route();
    const report = ({ id, name, value, navigationType }: Metric) => {
      if (reported.has(id)) return;
      reported.add(id);
      // Vitals belong to the route that the document was loaded with; after a restore, to the one it has then.
      const route = navigationType === "back-forward-cache" ? undefined : landing;
      page.record({ type: "vital", name, value: value / (name === "CLS" ? 1 : 1_000) }, route);
    };
    for (const onVital of [onTTFB, onFCP, onLCP, onCLS, onINP]) onVital(report);
  };
}
