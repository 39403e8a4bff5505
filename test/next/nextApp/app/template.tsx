import type { ReactNode } from "react";
import { Walk } from "./walk";

/** Around every page and its `error.tsx`: what breaks here reaches `global-error.tsx`. */
export default function Template({ children }: { children: ReactNode }) {
  return (
    <>
      <Walk />
      {children}
    </>
  );
}
