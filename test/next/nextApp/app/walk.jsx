"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

export function Walk() {
  const { push, replace, back } = useRouter();
  useEffect(() => {
    window.walk = { go: (path, options) => (options?.replace ? replace(path) : push(path)), back };
  }, [push, replace, back]);
  return null;
}
