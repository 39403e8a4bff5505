"use client";

import { notFound, redirect } from "next/navigation";

/** Steers Next.js from a component in the browser. */
export function Steer({ how }) {
  if (how === "missing") notFound();
  if (how === "away") redirect("/u/redirected");
  throw new RangeError("broken");
}
