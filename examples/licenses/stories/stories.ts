import { playBugJourney } from "./bugJourney.ts";
import { playCapacityPlanning } from "./capacityPlanning.ts";
import { playFridayAfternoon } from "./fridayAfternoon.ts";
import { playOverageCrisis } from "./overageCrisis.ts";
import type { Stage } from "./telling.ts";

export const storyNames = ["overage", "bug", "capacity", "friday"] as const;

export type StoryName = (typeof storyNames)[number];

/** The stories of a demo. Each plays, narrates, and rejects with a `NotSeen` if the audience would not see what it says. */
export const stories: Readonly<Record<StoryName, (stage: Stage) => Promise<void>>> = {
  overage: playOverageCrisis,
  bug: playBugJourney,
  capacity: playCapacityPlanning,
  friday: playFridayAfternoon,
};
