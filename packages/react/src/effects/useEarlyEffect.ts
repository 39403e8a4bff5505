"use client";

import { useEffect, useLayoutEffect } from "react";

/**
 * A layout effect in a browser: it runs before every passive effect of the same commit, so that what those
 * track finds the client started and the route named. On a server, where React 18 would warn of a layout
 * effect, a passive one, which never runs there.
 */
export const useEarlyEffect = typeof document === "undefined" ? useEffect : useLayoutEffect;
