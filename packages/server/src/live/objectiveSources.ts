import { type Catalog, webVitals } from "@rumkit/protocol";
import { requestSources } from "./backendFigures.ts";
import { type MeasuredObjective, OBJECTIVE_WINDOW, objectiveTitle, type Observed } from "./objectives.ts";
import type { Windows } from "./windows.ts";

/** Measures the objectives of the catalog by live windows. */
export function measureObjectives(catalog: Catalog, windows: Windows): MeasuredObjective[] {
  return Object.entries(catalog.objectives ?? {}).map(([name, spec]) => {
    const title = objectiveTitle(spec);
    if ("http" in spec) {
      const { requests, failed } = requestSources(catalog);
      const [failures, all] = [windows.counts(failed), windows.counts(requests)];
      return {
        name,
        title,
        target: spec.http.errorsBelow,
        goodIf: "below",
        observe: (ended) => ({ counted: inWindow(failures, ended), all: inWindow(all, ended) }),
      };
    }
    const { metric, poor } = webVitals[spec.vital];
    // With the limits of the vital where they fit, so that the window of its ratings is shared.
    const rated = windows.rated({ metric }, spec.below, Math.max(spec.below, poor));
    return {
      name,
      title,
      target: spec.ratio,
      goodIf: "at_least",
      observe: (ended): Observed => {
        const [good, middle, high] = rated.between(ended - OBJECTIVE_WINDOW + 1, ended);
        return { counted: good, all: good + middle + high };
      },
    };
  });
}

function inWindow(window: { between(from: number, to: number): number }, ended: number): number {
  return window.between(ended - OBJECTIVE_WINDOW + 1, ended);
}
