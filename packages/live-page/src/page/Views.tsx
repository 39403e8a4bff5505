import type { LiveGroup } from "@rumkit/protocol";
import { useEffect, useState } from "react";
import type { Kiosk } from "./useKiosk.ts";

/** The views with one card for each figure. */
const GROUPS: Readonly<Record<LiveGroup, string>> = {
  business: "Business",
  experience: "Experience",
  errors: "Errors",
  backend: "Backend",
};

export function isGroup(view: string): view is LiveGroup {
  return Object.hasOwn(GROUPS, view);
}

/** Returns the views that have something to show, by their names in the address. */
export function viewsOf(filled: ReadonlySet<string>): Record<string, string> {
  // Errors are listed with or without a figure of them.
  const groups = Object.entries(GROUPS).filter(([group]) => group === "errors" || filled.has(group));
  return {
    overview: "Overview",
    ...Object.fromEntries(groups),
    alerts: "Alerts",
    events: "Events",
    refused: "Refused",
    collector: "Collector",
  };
}

interface ViewsProps {
  views: Readonly<Record<string, string>>;
  view: string;
  /** Number of alerts that fire. */
  firing: number;
  onView: (view: string) => void;
}

/** The choice of the view. */
export function Views({ views, view, firing, onView }: ViewsProps) {
  return (
    <nav className="views" aria-label="Views">
      {Object.entries(views).map(([name, title]) => (
        <button
          key={name}
          type="button"
          aria-current={name === view ? "page" : undefined}
          onClick={() => onView(name)}
        >
          {title}
          {name === "alerts" && firing > 0 && <span className="firingCount">{` ${firing}`}</span>}
        </button>
      ))}
    </nav>
  );
}

/** Returns the view to show: the chosen one, or each in turn on a wall display. */
export function useRotation(
  { isOn, rotateSeconds }: Kiosk,
  views: Readonly<Record<string, string>>,
  filled: ReadonlySet<string>,
  chosen: string,
): string {
  const [turn, setTurn] = useState(0);
  const isRotating = isOn && rotateSeconds > 0;
  useEffect(() => {
    if (!isRotating) return;
    const timer = setInterval(() => setTurn((known) => known + 1), rotateSeconds * 1000);
    return () => clearInterval(timer);
  }, [isRotating, rotateSeconds]);
  const names = Object.keys(views).filter((name) => name === "overview" || filled.has(name));
  if (isRotating) return names[turn % names.length] ?? "overview";
  return Object.hasOwn(views, chosen) ? chosen : "overview";
}
