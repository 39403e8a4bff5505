import { useMemo, useRef, useEffect } from "react";
import { changeFilter, type FilterChange } from "../filter/filter.ts";
import type { Address } from "./useAddress.ts";

/** Returns the filter of the address, and the functions with which the parts of the page change the address. */
export function useFiltering(address: Address, setAddress: (change: Partial<Address>) => void) {
  const { filter } = address;
  // The functions stay the same while the filter does, so that rows are not drawn again with each frame.
  const latest = useRef(setAddress);
  useEffect(() => {
    latest.current = setAddress;
  });
  return useMemo(
    () => ({
      filter,
      narrow: (change: FilterChange) => latest.current({ filter: changeFilter(filter, change) }),
      showFigure: (chart: string) => latest.current({ view: "overview", chart }),
    }),
    [filter],
  );
}
