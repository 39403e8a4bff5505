import { createContext } from "react";
import { type Filter, type FilterChange, NO_FILTER } from "./filter.ts";

/** The filter of the page, and how its parts change it. */
interface Filtering {
  readonly filter: Filter;
  readonly narrow: (change: FilterChange) => void;
  /** Shows a figure in the large chart. */
  readonly showFigure: (name: string) => void;
}

export const FilterContext = createContext<Filtering>({
  filter: NO_FILTER,
  narrow: () => {},
  showFigure: () => {},
});
