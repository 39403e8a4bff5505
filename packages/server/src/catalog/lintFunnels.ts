import type { Catalog } from "@rumkit/protocol";
import { nearestName } from "../base/nearestName.ts";
import { checkName } from "./namePattern.ts";
import { type Check, type Faults, list, type Path, record, text } from "../base/shape.ts";

/** A funnel of one step would be a counter. More than twenty steps are several funnels. */
const FEWEST_STEPS = 2;
const MOST_STEPS = 20;

const EXAMPLE = '["page_view:/cart", "action:add_to_cart"]';

/** Checks the shape of the funnels. `checkSteps` checks that their steps are declared. */
export const checkFunnels: Check = record(
  checkName,
  list(text('"action:add_to_cart"'), { example: EXAMPLE }),
  `{ buy: ${EXAMPLE} }`,
);

/** Checks that every step is declared. The parts of the catalog must have the right shape. */
export function checkSteps(catalog: Catalog, faults: Faults): void {
  const kinds = describeKinds(catalog);
  for (const [name, steps] of Object.entries(catalog.funnels ?? {})) {
    const path = ["funnels", name];
    if (steps.length < FEWEST_STEPS || steps.length > MOST_STEPS)
      faults.add(path, `must have ${FEWEST_STEPS} to ${MOST_STEPS} steps, not ${steps.length}.`);
    for (const [index, step] of steps.entries()) checkStep(step, [...path, index], kinds, faults);
  }
}

/** The names to which steps of one kind may refer. */
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
    faults.add(path, `is reported by the server: ${shown}. Pages evaluate funnels: use a step of pages.`);
}
