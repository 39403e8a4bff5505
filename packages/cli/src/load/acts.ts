import type { LabelSpec, WireDetails } from "@rumkit/protocol";
import { type Diary, round } from "./diary.ts";
import { fill, pathOf } from "./pathOf.ts";
import type { Random } from "./random.ts";
import type { Call, Goal, Measured, Site } from "./site.ts";

/** Follows a link to another page, which asks the API for its content. */
export function view(diary: Diary, site: Site, pattern: string): void {
  const { random, note, open } = diary;
  const path = pathOf(site, pattern, random);
  note({ type: "click", route: diary.path(), name: "role:link" });
  open(path);
  note({ type: "page_view", route: path, navigation: "soft" });
  const endpoint = random.chance(0.6) ? random.pick(site.endpoints) : undefined;
  if (endpoint === undefined) return;
  note({
    type: "api_call",
    route: path,
    name: fill(endpoint, Math.floor(random.between(1, 40))),
    method: "GET",
    status: random.chance(0.01) ? 500 : 200,
    value: round(random.between(0.005, 0.25)),
  });
}

/** Clicks an element, which is an action. */
export function act({ random, note, path }: Diary, { name, labels }: Call): void {
  const route = path();
  note(
    { type: "click", route, name },
    { type: "action", route, name, ...withDetails(labelsOf(labels, random)) },
  );
}

/** Reaches a goal, with its money. */
export function convert({ random, note, path }: Diary, { name, labels, money }: Goal): void {
  const chosen = random.pick(money);
  note({
    type: "conversion",
    route: path(),
    name,
    ...withDetails({ ...labelsOf(labels, random), ...(chosen && moneyOf(chosen, random)) }),
  });
}

export function measure({ random, note, path }: Diary, { name, labels, range: [low, high] }: Measured): void {
  // Most values are small, a few are beyond the last bucket.
  const value = low / 2 + (high * 1.05 - low / 2) * random.between(0, 1) ** 3;
  note({
    type: "measurement",
    route: path(),
    name,
    value: round(Math.max(value, 0)),
    ...withDetails(labelsOf(labels, random)),
  });
}

/** Uses a feature. */
export function use({ note, path }: Diary, name: string): void {
  note({ type: "feature", route: path(), name });
}

function labelsOf(labels: LabelSpec, random: Random): WireDetails {
  const details: WireDetails = {};
  for (const [label, values] of Object.entries(labels)) details[label] = random.pick(values)!;
  return details;
}

/** 5 to 200 in major units, with all digits of the currency: as an app passes it to `trackConversion`. */
function moneyOf({ currency, exponent }: Goal["money"][number], random: Random): WireDetails {
  const value = Number(random.between(5, 200).toFixed(exponent));
  return { value, currency };
}

function withDetails(details: WireDetails): { details?: WireDetails } {
  return Object.keys(details).length > 0 ? { details } : {};
}
