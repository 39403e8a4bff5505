import { describeMetrics } from "@rumkit/server";
import { describeBoards, renderClassic, renderRules } from "rumkit/generate";
import { expect, test } from "vitest";

/** Holds what series had counted that have ended. */
const ENDED_VALUE = "rum_series_ended_value_total";

test("no panel and no rule reads what series had counted that have ended: to a rate it is not an event", () => {
  const catalog = {
    app: "shop",
    routes: ["/"],
    objectives: { reliable: { http: { errorsBelow: 0.05 } } },
  };
  const descriptors = describeMetrics(catalog);
  expect(descriptors.map(({ name }) => name)).toContain(ENDED_VALUE);
  const generated = JSON.stringify([
    describeBoards(descriptors, catalog).map((board) => renderClassic(board)),
    renderRules(descriptors, catalog),
  ]);
  expect(generated).toContain("http_requests_total");
  expect(generated).not.toContain(ENDED_VALUE);
});
