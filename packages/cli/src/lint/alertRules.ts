import type { AlertSpec, Catalog } from "@rumkit/protocol";
import { secondsOf } from "@rumkit/server/internal/metrics";
import { findRepeats, type Problem, type Rule } from "./rule.ts";

/** Seconds of the shortest window of a rate: four scrapes of 15 s, so that a lost one leaves three. */
const SHORTEST_WINDOW = 60;

/** A problem of an alert. Its path follows that of the alert. */
type AlertProblem = Omit<Problem, "path"> & { readonly at: readonly string[] };

export const alertRules: readonly Rule[] = [
  each(
    "alert-at-once",
    "A critical alert without a wait wakes a person for one bad minute.",
    ({ when, for: wait = "0s", severity }) =>
      // Both have waited through their window, and a day.
      severity === "critical" && secondsOf(wait) === 0 && !("absent" in when) && !("slowPagesCost" in when)
        ? { at: [], what: "is critical, and fires at once.", fix: 'Add a wait, e.g. for: "2m".' }
        : undefined,
  ),
  each("alert-without-runbook", "A person who is woken needs to know what to do.", ({ severity, runbook }) =>
    severity === "critical" && runbook === undefined
      ? {
          at: [],
          what: "is critical, and has no runbook.",
          fix: "Add the address of the instructions: runbook.",
        }
      : undefined,
  ),
  each(
    "alert-window",
    "A rate needs several scrapes: in a shorter window, one lost scrape hides it.",
    ({ when }) => {
      const over = "over" in when ? when.over : undefined;
      return over !== undefined && secondsOf(over) < SHORTEST_WINDOW
        ? {
            at: ["when", "over"],
            what: `is ${over}, in which Prometheus scrapes a few times at most.`,
            fix: 'Use "1m" or more, at least four intervals of scrapes.',
          }
        : undefined;
    },
  ),
  each("alert-percent", "A ratio of 1 is 100 %.", ({ when }) => {
    // With comparedTo, the limit is a factor.
    if (!("ratio" in when) || when.comparedTo !== undefined) return undefined;
    const side = when.above === undefined ? "below" : "above";
    const limit = when[side]!;
    return limit > 1 && limit <= 100
      ? {
          at: ["when", side],
          what: `is ${limit}, and a ratio of 1 is 100 %.`,
          fix: `If it is percent, write ${limit / 100}.`,
        }
      : undefined;
  }),
  each(
    "alert-flaps",
    "An alert that ends with the first good minute is sent again and again in a bad hour.",
    ({ when, severity, keepFiringFor }) =>
      severity === "critical" && "gauge" in when && keepFiringFor === undefined
        ? {
            at: [],
            what: "is critical, about a gauge, and ends at the first good scrape.",
            fix: 'Hold it a little: keepFiringFor: "5m".',
          }
        : undefined,
  ),
  {
    id: "alert-repeated",
    reason: "Two alerts on one condition wake two people for one fault.",
    find: ({ catalog }) =>
      findRepeats(declaredIn(catalog), ([, { when }]) =>
        JSON.stringify(Object.entries(when).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      ).map(({ first, again }) => ({
        path: ["alerts", again[0], "when"],
        what: `is the condition of alerts.${first[0]}.`,
        fix: "Keep one of them, or give them different limits.",
      })),
  },
];

function each(id: string, reason: string, find: (spec: AlertSpec) => AlertProblem | undefined): Rule {
  return {
    id,
    reason,
    find: ({ catalog }) =>
      declaredIn(catalog).flatMap(([name, spec]) => {
        const found = find(spec);
        return found ? [{ path: ["alerts", name, ...found.at], what: found.what, fix: found.fix }] : [];
      }),
  };
}

/** The alerts that the catalog writes out: without those that it turns off. */
function declaredIn({ alerts = {} }: Catalog): [name: string, spec: AlertSpec][] {
  return Object.entries(alerts).filter((entry): entry is [string, AlertSpec] => entry[1] !== false);
}
