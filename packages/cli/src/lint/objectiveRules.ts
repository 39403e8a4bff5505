import { type Catalog, webVitals } from "@rumkit/protocol";
import { findRepeats, type Problem, type Rule } from "./rule.ts";

/** Shares of page views that no site keeps: one visitor on a train misses it. */
const STRICTEST_VITAL = 0.99;

export const objectiveRules: readonly Rule[] = [
  {
    id: "objective-without-traffic",
    reason: "An objective without a source of numbers is never missed, and looks kept.",
    find: ({ catalog }) => findWithoutTraffic(catalog),
  },
  {
    id: "objective-repeated",
    reason: "Two objectives about one number are two alerts for one fault.",
    find: ({ catalog: { objectives = {} } }) =>
      findRepeats(Object.entries(objectives), ([, objective]) =>
        "vital" in objective ? `${objective.vital} ${objective.below}` : "http",
      ).map(({ first, again }) => ({
        path: ["objectives", again[0]],
        what: `is about the same number as objectives.${first[0]}.`,
        fix: "Keep the stricter one.",
      })),
  },
  {
    id: "objective-loose",
    reason: "A limit in the poor range of a vital calls poor pages good.",
    find: ({ catalog: { objectives = {} } }) =>
      Object.entries(objectives).flatMap(([name, objective]) => {
        if (!("vital" in objective)) return [];
        const { good, poor } = webVitals[objective.vital];
        return objective.below > poor
          ? [
              {
                path: ["objectives", name, "below"],
                what: `is ${objective.below}, and ${objective.vital} is poor above ${poor}.`,
                fix: `Good is ${good} at most.`,
              },
            ]
          : [];
      }),
  },
  {
    id: "objective-strict",
    reason: "Some visitors always have a slow network: an alert that fires every day is switched off.",
    find: ({ catalog: { objectives = {} } }) =>
      Object.entries(objectives).flatMap(([name, objective]) =>
        "vital" in objective && objective.ratio > STRICTEST_VITAL
          ? [
              {
                path: ["objectives", name, "ratio"],
                what: `is ${objective.ratio}: networks of visitors alone miss it.`,
                fix: "The web judges the 75th percentile: 0.75.",
              },
            ]
          : [],
      ),
  },
  {
    id: "objective-alert-name",
    reason: "Alerts are named after objectives in CamelCase, where underscores are gone.",
    find: ({ catalog: { objectives = {} } }) =>
      findRepeats(Object.keys(objectives), (name) => name.replaceAll("_", "")).map(({ first, again }) => ({
        path: ["objectives", again],
        what: `gets nearly the same name of an alert as objectives.${first}.`,
        fix: "Rename one of them.",
      })),
  },
];

function findWithoutTraffic(catalog: Catalog): Problem[] {
  const { routes, objectives = {}, actions, conversions, measurements, features, funnels } = catalog;
  const reported = [actions, conversions, measurements].flatMap((group) => Object.values(group ?? {}));
  const fromServer = reported.filter(({ from }) => from === "server");
  const hasPages =
    routes.length > 0 ||
    (catalog.learnRoutes ?? true) !== false ||
    reported.length > fromServer.length ||
    Object.keys({ ...features, ...funnels }).length > 0;
  const hasBackend = [
    fromServer,
    Object.keys({ ...catalog.jobs, ...catalog.http }),
    catalog.endpoints ?? [],
  ].some((list) => list.length > 0);
  return Object.entries(objectives).flatMap(([name, objective]): Problem[] => {
    const path = ["objectives", name];
    if ("vital" in objective)
      return hasPages
        ? []
        : [
            {
              path,
              what: "is about pages, and this catalog has none.",
              fix: "Declare routes, or remove it.",
            },
          ];
    return hasBackend
      ? []
      : [
          {
            path,
            what: "is about requests to the backend, and this catalog declares nothing of a backend.",
            fix: "Mount httpMetrics() and declare endpoints, or remove it: rumkit serve has no such requests.",
          },
        ];
  });
}
