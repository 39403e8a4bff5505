import { defineCatalog, type HttpSpec } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { describeBoards } from "../boards/describeBoards.ts";
import { boardExpressions } from "../boards/boardExpressions.ts";
import { renderRules } from "../rules/rules.ts";
import { describeMetrics } from "@rumkit/server";

/** Every query of the backend's requests: of the rules, and of the boards. */
function requestQueries(http: HttpSpec): string {
  const catalog = defineCatalog({
    app: "shop",
    routes: ["/"],
    objectives: { api: { http: { errorsBelow: 0.01 } } },
    http,
  });
  const descriptors = describeMetrics(catalog);
  const queries = describeBoards(descriptors, catalog).flatMap(boardExpressions);
  return [renderRules(descriptors, catalog), ...queries.map(({ expr }) => expr)].join("\n");
}

test("rules and boards ask for server errors by class or by code alike", () => {
  for (const status of ["class", "code"] as const) {
    const queries = requestQueries({ status });
    expect(queries).toContain('rate(http_requests_total{job="shop",status=~"5.."}[1h])');
    expect(queries).toContain("rate(http_request_duration_highr_seconds_bucket");
  }
});

test("with OpenTelemetry's names they ask for those, and for no other", () => {
  const queries = requestQueries({ names: "opentelemetry" });
  expect(queries).toContain(
    'rate(http_server_request_duration_seconds_count{job="shop",http_response_status_code=~"5.."}[1h])',
  );
  expect(queries).toContain("sum by (http_route) (rate(http_server_request_duration_seconds_count");
  expect(queries).toContain("rate(http_server_request_duration_highr_seconds_bucket");
  expect(queries).not.toMatch(/\bhttp_requests_total|\bhttp_request_duration/);
});
