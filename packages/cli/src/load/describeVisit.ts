import { act, convert, measure, use, view } from "./acts.ts";
import { createDiary, type Diary, type TimedEvent } from "./diary.ts";
import { carryExperience } from "./carryExperience.ts";
import { followFunnels } from "./followFunnels.ts";
import { land, leave } from "./land.ts";
import { pathOf } from "./pathOf.ts";
import { createRandom } from "./random.ts";
import { chooseSender, type Sender } from "./sender.ts";
import type { Site } from "./site.ts";

/** Everything that one visitor does in one session. */
export interface Visit {
  readonly sender: Sender;
  readonly events: readonly TimedEvent[];
}

export interface VisitNumbers {
  readonly seed: number;
  /** From 0. */
  readonly visitor: number;
  /** The number of the visit among those of its visitor, from 0. */
  readonly visit: number;
  /** Milliseconds that a visitor thinks between two steps, on average. */
  readonly thinkMs: number;
}

const PAGE_VIEW = "page_view:";

/**
 * Describes a visit: the same numbers give the same one.
 *
 * Three visitors of five follow a funnel, of whom a quarter gives up at each step. The others look around. Those who
 * look around reach a goal now and then, outside of the funnels.
 */
export function describeVisit(site: Site, { seed, visitor, visit, thinkMs }: VisitNumbers): Visit {
  const random = createRandom(seed, visitor, visit);
  const sender = chooseSender(random);
  const diary = createDiary(random, thinkMs);
  const steps = random.chance(0.6) ? (random.pick(Object.values(site.funnels)) ?? []) : [];
  const [first = ""] = steps;
  const pattern = first.startsWith(PAGE_VIEW) ? first.slice(PAGE_VIEW.length) : random.pick(site.routes)!;
  const landing = pathOf(site, pattern, random);
  const isSlow = land(diary, sender, landing);
  for (const step of first.startsWith(PAGE_VIEW) ? steps.slice(1) : steps) {
    if (!random.chance(isSlow ? 0.6 : 0.75)) break;
    diary.think();
    takeStep(diary, site, step);
  }
  if (steps.length === 0) lookAround(diary, site, isSlow);
  leave(diary, isSlow, landing);
  return { sender, events: carryExperience(followFunnels(site, diary.events)) };
}

/** Does what a step of a funnel is. */
function takeStep(diary: Diary, site: Site, step: string): void {
  const colon = step.indexOf(":");
  const [kind, name] = [step.slice(0, colon), step.slice(colon + 1)];
  const isIt = (entry: { readonly name: string }): boolean => entry.name === name;
  if (kind === "page_view") view(diary, site, name);
  else if (kind === "feature") use(diary, name);
  else if (kind === "action") site.actions.filter(isIt).forEach((action) => act(diary, action));
  else site.conversions.filter(isIt).forEach((goal) => convert(diary, goal));
}

function lookAround(diary: Diary, site: Site, isSlow: boolean): void {
  const { random, think } = diary;
  do {
    think();
    view(diary, site, random.pick(site.routes)!);
    const action = random.chance(0.5) ? random.pick(site.actions) : undefined;
    if (action) act(diary, action);
    const measured = random.chance(0.4) ? random.pick(site.measurements) : undefined;
    if (measured) measure(diary, measured);
    const feature = random.chance(0.15) ? random.pick(site.features) : undefined;
    if (feature !== undefined) use(diary, feature);
  } while (random.chance(isSlow ? 0.5 : 0.7));
  const goal = random.chance(isSlow ? 0.1 : 0.25) ? random.pick(site.conversions) : undefined;
  if (!goal) return;
  think();
  convert(diary, goal);
}
