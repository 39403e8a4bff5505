import type { Catalog } from "@rumkit/protocol";
import { learnedNamesAtMost } from "../catalog/names.ts";
import { backendFigures } from "./backendFigures.ts";
import { businessFigures } from "./businessFigures.ts";
import type { Figure, FigureKinds } from "./figure.ts";
import { errorFigures, experienceFigures } from "./pageFigures.ts";

/** The first figure after the business figures. */
export const AFTER_BUSINESS = "page_views_per_second";

/**
 * Returns the figures of the live page, in their order. A figure that the catalog does not require is hidden until
 * something was counted for it.
 */
export function describeFigures(catalog: Catalog, kinds: FigureKinds): Figure[] {
  const [views, ...vitals] = experienceFigures(kinds);
  const hasApi = (catalog.endpoints ?? []).length > 0 || learnedNamesAtMost(catalog) > 0;
  return [
    ...businessFigures(catalog, kinds),
    views,
    ...vitals,
    ...errorFigures(kinds, views, hasApi),
    ...backendFigures(catalog, kinds),
  ];
}
