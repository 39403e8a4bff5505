"use client";

import { notFound, redirect } from "next/navigation";
import type { ReactNode } from "react";

/** Steers Next.js from a component in the browser. */
export function Steer({ how }: { how: string }): ReactNode {
  if (how === "missing") notFound();
  if (how === "away") redirect("/u/redirected");
  throw new RangeError("broken");
}
