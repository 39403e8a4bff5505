"use client";

import { useEffect, useLayoutEffect } from "react";

/**
 * In a browser, a layout effect. It runs before all passive effects of the same commit, so their calls find the client
 * started and the route set. On a server, a passive effect, which never runs there: React 18 warns of layout effects.
 */
export const useEarlyEffect = typeof document === "undefined" ? useEffect : useLayoutEffect;
