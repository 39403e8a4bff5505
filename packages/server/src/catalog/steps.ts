import type { ActionSpec, Catalog } from "@rumkit/protocol";
import { nearestName } from "../base/nearestName.ts";
import type { Faults, Path } from "../base/shape.ts";
import { familyName } from "./describeCatalogMetrics.ts";

/** The names to which steps of one kind may refer. */
interface StepKind {
  readonly declared: readonly string[];
  /** Declared, but reported by server code: a page cannot know that it happened. */
  readonly ofServer: readonly string[];
}

/** The kinds of steps by their prefix: `action` of `action:add_to_cart`. */
type StepKinds = ReadonlyMap<string, StepKind>;

/** Describes what the steps of funnels, and the cards of the live page, may name. */
export function describeSteps({ routes, features, actions, conversions }: Catalog): StepKinds {
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

/** Splits a step: `page_view:/cart` is the kind `page_view` and the name `/cart`. Without a colon, the kind is "". */
export function splitStep(step: string): { readonly kind: string; readonly name: string } {
  const colon = step.indexOf(":");
  return { kind: step.slice(0, Math.max(colon, 0)), name: step.slice(colon + 1) };
}

/** Checks that a step is declared. */
export function checkStep(step: string, path: Path, kinds: StepKinds, faults: Faults): void {
  const { kind: prefix, name } = splitStep(step);
  const kind = kinds.get(prefix);
  const shown = JSON.stringify(step.slice(0, 128));
  if (!kind) {
    const meant = meantStep(prefix, name, kinds);
    const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
    return faults.add(path, `must begin with ${[...kinds.keys()].join(":, ")}:, not ${shown}.${hint}`);
  }
  if (!kind.declared.includes(name)) {
    const meant = nearestName(name, kind.declared);
    const known = kind.declared.slice(0, 10).join(", ") || "none";
    return faults.add(
      path,
      `is not declared: ${shown}. ${meant === undefined ? `Known: ${known}.` : `Did you mean "${prefix}:${meant}"?`}`,
    );
  }
}

/** Returns the step that is meant by a name without a kind, or with a kind that is misspelt. */
function meantStep(prefix: string, name: string, kinds: StepKinds): string | undefined {
  const kind =
    prefix === ""
      ? [...kinds.keys()].find((each) => kinds.get(each)!.declared.includes(name))
      : nearestName(prefix.replace(/^(.*)s$/, "$1"), [...kinds.keys()]);
  return kind !== undefined && kinds.get(kind)!.declared.includes(name) ? `${kind}:${name}` : undefined;
}

/** Checks that a step is declared, and that pages report it. */
export function checkPageStep(step: string, path: Path, kinds: StepKinds, faults: Faults): void {
  const before = faults.found.length;
  checkStep(step, path, kinds, faults);
  const { kind, name } = splitStep(step);
  if (faults.found.length > before || kinds.get(kind)?.ofServer.includes(name) !== true) return;
  faults.add(
    path,
    `is reported by the server: ${JSON.stringify(step)}. Pages evaluate funnels: use a step of pages.`,
  );
}

/** A declared entry that a step names, and the metric that counts it. */
export interface StepSource {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The sentence of the catalog about it. */
  readonly help: string;
}

/** Returns what counts a step that is declared. */
export function sourceOfStep(step: string, catalog: Catalog): StepSource {
  const { kind, name } = splitStep(step);
  if (kind === "page_view")
    return { metric: "rum_page_views_total", labels: { route: name }, help: `Page views of ${name}.` };
  if (kind === "feature")
    return {
      metric: "rum_feature_usage_total",
      labels: { feature: name },
      help: catalog.features?.[name]?.help ?? "",
    };
  const group: Readonly<Record<string, ActionSpec>> | undefined =
    kind === "action" ? catalog.actions : catalog.conversions;
  const { from, help = "" } = group?.[name] ?? {};
  return {
    metric: familyName(from === "server" ? "backend" : "page", `${kind}s_total`),
    labels: { [kind]: name },
    help,
  };
}
