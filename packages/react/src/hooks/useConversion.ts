"use client";

import type { Catalog, PageConversionName } from "@rumkit/browser";
import type { ConversionArguments, ConversionEntry, RefusedOnPage } from "@rumkit/protocol";
import { useCallback } from "react";
import { useMetrics } from "../context/useMetrics.ts";

/** Counts one conversion, with the details that the catalog declares. */
export type TrackConversion<C extends Catalog, Name> = (
  ...details: ConversionArguments<ConversionEntry<C, Name>>
) => void;

/**
 * Returns `trackConversion` for one goal: the same function on every render. It never throws.
 *
 * @example
 * const trackSignup = useConversion("signup");
 * <form onSubmit={() => trackSignup()}>
 */
export function useConversion<
  C extends Catalog = Catalog,
  Name extends PageConversionName<C> = PageConversionName<C>,
>(name: Name | RefusedOnPage<C, "conversions", "trackConversion">): TrackConversion<C, Name> {
  const { trackConversion } = useMetrics<C>();
  return useCallback((...details) => trackConversion(name, ...details), [trackConversion, name]);
}
