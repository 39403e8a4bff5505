import type { ReactNode } from "react";
import { useLocation } from "react-router";

export default function Page(): ReactNode {
  return <output>{useLocation().pathname}</output>;
}
