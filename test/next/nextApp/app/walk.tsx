"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";

declare global {
  interface Window {
    walk?: { go: (path: string, options?: { replace?: boolean }) => void; back: () => void };
  }
}

/** The actions of the tests in every page. */
export function Walk() {
  const { push, replace, back } = useRouter();
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    window.walk = { go: (path, options) => (options?.replace ? replace(path) : push(path)), back };
  }, [push, replace, back]);
  if (isBroken) throw new Error("The layout is broken.");
  return <button onClick={() => setBroken(true)}>Break the layout</button>;
}
