import type { Catalog } from "@rumkit/protocol";
import { shadowOf } from "./routeRules.ts";
import { findRepeats, type Problem, quote, type Rule } from "./rule.ts";

export const funnelRules: readonly Rule[] = [
  {
    id: "funnel-step-impossible",
    reason: "A step that is never counted makes each later step 0.",
    find: ({ catalog }) => findImpossibleSteps(catalog),
  },
  {
    id: "funnel-repeated",
    reason: "Two funnels with the same steps are the same numbers twice.",
    find: ({ catalog: { funnels = {} } }) =>
      findRepeats(Object.entries(funnels), ([, steps]) => JSON.stringify(steps)).map(({ first, again }) => ({
        path: ["funnels", again[0]],
        what: `has the steps of funnels.${first[0]}.`,
        fix: "Remove one of them.",
      })),
  },
  {
    id: "funnel-order",
    reason: "A session counts steps in order: what happens before a page is viewed is not after it.",
    find: ({ catalog: { funnels = {} } }) =>
      Object.entries(funnels).flatMap(([name, steps]) => {
        const last = steps.length - 1;
        const early = steps.findIndex((step, place) => place < last && step.startsWith("conversion:"));
        const rest = steps.slice(early + 1);
        return early >= 0 && rest.every((step) => step.startsWith("action:"))
          ? [
              {
                path: ["funnels", name, early],
                what: `is a conversion, ${quote(steps[early]!)}, and only actions follow it.`,
                fix: "Put the goal last.",
              },
            ]
          : [];
      }),
  },
];

function findImpossibleSteps({ funnels = {}, routes }: Catalog): Problem[] {
  return Object.entries(funnels).flatMap(([name, steps]) =>
    steps.flatMap((step, place): Problem[] => {
      if (!step.startsWith("page_view:")) return [];
      const route = step.slice("page_view:".length);
      const index = routes.indexOf(route);
      const cover = index < 0 ? undefined : shadowOf(route, routes.slice(0, index));
      if (cover === undefined) return [];
      return [
        {
          path: ["funnels", name, place],
          what: `never happens: the route ${quote(cover)} takes the paths of ${quote(route)}.`,
          fix: `Put ${quote(route)} before ${quote(cover)} in routes.`,
        },
      ];
    }),
  );
}
