import { expect, test } from "vitest";
import type { PartRoute } from "../part/part.ts";
import type { ClusterOptions } from "./clusterOptions.ts";
import { createRoutes } from "./createCollector.ts";
import { optionsOfRole, routesOfRole } from "./rolesBehind.ts";

const handler: Extract<PartRoute, { handler: unknown }>["handler"] = (c) => c.text("shown");

const ROUTES: readonly PartRoute[] = [
  { method: "GET", path: "/metrics", scope: "metrics", handler: (c) => c.text("metrics") },
  { method: "GET", under: "live", path: "", handler },
  { method: "GET", under: "live", path: "/history", handler },
  { method: "GET", under: "api", path: "/alerts", scope: "alerts", handler },
];

const clusterOf = (role: ClusterOptions["role"]): ClusterOptions => ({ role }) as ClusterOptions;

test.each([
  ["edge", "publishes what it accepts", ["/realtime", "/realtime/history", "/api/rumkit/alerts"]],
  ["aggregate", "counts a share", ["/realtime"]],
] as const)("the role %s answers people with the place of the live page", async (role, words, hidden) => {
  const { app } = createRoutes(routesOfRole(ROUTES, clusterOf(role)), (_scope, answer) => answer);
  expect(await (await app.request("/metrics")).text()).toBe("metrics");
  for (const path of hidden) {
    const response = await app.request(path);
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: { code: "not_here", message: expect.stringContaining(words) as string } },
    ]);
  }
});

test.each(["edge", "aggregate"] as const)("the role %s evaluates no alert on its share", (role) => {
  const options = { cluster: clusterOf(role), alerts: { heartbeat: undefined } };
  expect(optionsOfRole(options)).toEqual({ cluster: { role }, alerts: false, metricsStream: false });
});

test("the role live, and a collector alone, keep their options and routes", () => {
  for (const cluster of [undefined, clusterOf("live")]) {
    const options = { cluster };
    expect(optionsOfRole(options)).toBe(options);
    expect(routesOfRole(ROUTES, cluster)).toBe(ROUTES);
  }
});
