import type { Catalog } from "@rumkit/protocol";
import { nearestName } from "../base/nearestName.ts";
import { checkName } from "./namePattern.ts";
import { type Check, type Faults, list, type Path, record, text } from "../base/shape.ts";

/** A way of one step is a counter; one of more than twenty is several ways. */
const FEWEST_STEPS = 2;
const MOST_STEPS = 20;

const EXAMPLE = '["page_view:/cart", "action:add_to_cart"]';

/** The form of the funnels: whether their steps are declared is said by `checkSteps`. */
export const checkFunnels: Check = record(
  checkName,
  list(text('"action:add_to_cart"'), { example: EXAMPLE }),
  `{ buy: ${EXAMPLE} }`,
);

/** Says which steps nothing declares. The catalog's parts have to be of the right form. */
export function checkSteps(catalog: Catalog, faults: Faults): void {
  const kinds = describeKinds(catalog);
  for (const [name, steps] of Object.entries(catalog.funnels ?? {})) {
    const path = ["funnels", name];
    if (steps.length < FEWEST_STEPS || steps.length > MOST_STEPS)
      faults.add(path, `must have ${FEWEST_STEPS} to ${MOST_STEPS} steps, not ${steps.length}.`);
    for (const [index, step] of steps.entries()) checkStep(step, [...path, index], kinds, faults);
  }
}

/** What the steps of one kind may name. */
interface StepKind {
  readonly declared: readonly string[];
  /** Declared, but reported by server code: a page cannot know that it happened. */
  readonly ofServer: readonly string[];
}

type Kinds = ReadonlyMap<string, StepKind>;

function describeKinds({ routes, features, actions, conversions }: Catalog): Kinds {
  const reportedBy = (group: Catalog["actions"]): StepKind => ({
    declared: Object.keys(group ?? {}),
    ofServer: Object.entries(group ?? {}).flatMap(([name, { from }]) => (from === "server" ? [name] : [])),
  });
  return new Map([
    ["page_view", { declared: routes, ofServer: [] }],
    ["action", reportedBy(actions)],
    ["conversion", reportedBy(conversions)],
    ["feature", { declared: Object.keys(features ?? {}), ofServer: [] }],
  ]);
}

function checkStep(step: string, path: Path, kinds: Kinds, faults: Faults): void {
  const colon = step.indexOf(":");
  const kind = kinds.get(step.slice(0, Math.max(colon, 0)));
  const shown = JSON.stringify(step.slice(0, 128));
  if (!kind) return faults.add(path, `must begin with ${[...kinds.keys()].join(":, ")}:, not ${shown}.`);
  const name = step.slice(colon + 1);
  if (!kind.declared.includes(name)) {
    const meant = nearestName(name, kind.declared);
    const known = kind.declared.slice(0, 10).join(", ") || "none";
    return faults.add(
      path,
      `is not declared: ${shown}. ${meant === undefined ? `Known: ${known}.` : `Did you mean "${meant}"?`}`,
    );
  }
  if (kind.ofServer.includes(name))
    faults.add(path, `is reported by the server: ${shown}. Pages decide funnels: take a step of pages.`);
}
