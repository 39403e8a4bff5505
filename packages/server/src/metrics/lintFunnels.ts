import type { Catalog } from "@rumkit/protocol";
import { NAME } from "./namePattern.ts";

/** A way of one step is a counter; one of more than twenty is several ways. */
const FEWEST_STEPS = 2;
const MOST_STEPS = 20;

/** Says what is wrong with the funnels of a catalogue, one sentence each. */
export function lintFunnels(catalog: Catalog): string[] {
  const kinds = describeKinds(catalog);
  return Object.entries(catalog.funnels ?? {}).flatMap(([name, steps]) => [
    ...(NAME.test(name) ? [] : [`funnels.${name}: the name has to match ${NAME}.`]),
    ...(steps.length >= FEWEST_STEPS && steps.length <= MOST_STEPS
      ? []
      : [`funnels.${name} has ${steps.length} steps; ${FEWEST_STEPS} to ${MOST_STEPS}.`]),
    ...steps.flatMap((step) => lintStep(`funnels.${name}`, step, kinds)),
  ]);
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

function lintStep(path: string, step: string, kinds: Kinds): string[] {
  const colon = step.indexOf(":");
  const kind = kinds.get(step.slice(0, Math.max(colon, 0)));
  if (!kind) return [`${path}: "${step}" has to begin with one of: ${[...kinds.keys()].join(":, ")}:.`];
  const name = step.slice(colon + 1);
  if (!kind.declared.includes(name)) {
    return [`${path}: "${step}" is not declared. Known: ${kind.declared.join(", ") || "none"}.`];
  }
  return kind.ofServer.includes(name)
    ? [`${path}: "${step}" is reported by the server, but pages decide funnels. Take a step of pages.`]
    : [];
}
