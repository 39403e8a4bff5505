import type { Alert, AlertState } from "./alert.ts";
import type { AlertRule } from "./rule.ts";
import type { Episode } from "./states.ts";
import { valueText } from "./valueText.ts";

/** Absolute URLs about a rule. */
export type LinksOf = (rule: Pick<AlertRule, "runbook" | "board" | "labels">) => Alert["links"];

/** Returns an episode as people and receivers see it. */
export function describeEpisode(episode: Episode, linksOf: LinksOf, endsAt?: number): Alert {
  const { rule, fingerprint, labels, cause, value, firedWall, activeWall, release } = episode;
  const { name, declaredAs, threshold, side, unit } = rule;
  const startsAt = firedWall ?? activeWall;
  return {
    fingerprint,
    episode: `${fingerprint}-${startsAt}`,
    name,
    declaredAs,
    labels,
    summary: `${labels["app"]}: ${summaryOf(episode)}`,
    description: fillIn(rule.description, episode),
    state: stateOf(episode, endsAt),
    cause,
    startsAt,
    endsAt,
    value,
    threshold,
    side,
    unit,
    release,
    links: linksOf(rule),
  };
}

function stateOf({ firedAt, endedAt, isBetween }: Episode, endsAt: number | undefined): AlertState {
  if (endsAt !== undefined) return "resolved";
  if (firedAt === undefined) return "pending";
  return endedAt === undefined && !isBetween ? "firing" : "recovering";
}

function summaryOf(episode: Episode): string {
  const { cause, rule } = episode;
  if (cause === "no_data") return `${rule.name} has no data to compare.`;
  if (cause === "error") return `${rule.name} cannot be evaluated. The collector's log has the error.`;
  return fillIn(rule.summary, episode);
}

function fillIn(text: string, { value, labels, rule }: Episode): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    if (name === "value") return value === null ? "unknown" : valueText(value, rule.format);
    // Inside, there is only one process.
    if (name === "instance") return "the collector";
    return Object.hasOwn(labels, name) ? labels[name]! : whole;
  });
}
