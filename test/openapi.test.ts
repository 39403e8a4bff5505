/** The OpenAPI document against the routes that there are, and against what they answer. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineCatalog } from "@rumkit/protocol";
import { createCollector, describeMetrics, renderOpenApi } from "@rumkit/server";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";

interface Described {
  parameters: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}
const document = JSON.parse(await renderOpenApi()) as {
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, object> };
};

/** Ajv finds `#/components/…` from the document itself, which is not a schema but holds them. */
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema({ $id: "openapi:", components: document.components });
const validate = (schema: object, value: unknown): string => {
  const check = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi:#/')) as object);
  return check(value) ? "valid" : ajv.errorsText(check.errors);
};

const SHOP = "https://shop.example";
const TOKEN = "t".repeat(32);
const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  ingested: { "jobs.done": { help: "Jobs.", type: "counter", labels: { queue: ["mail"] } } },
});
const start = () =>
  createCollector({ catalog, runtimeMetrics: false, allowedOrigins: [SHOP], ingestTokens: [TOKEN] });

/** A path of the document, written as Hono writes it. */
const toHono = (path: string): string => path.replace(/\{(\w+)\}/g, ":$1");

test("describes every route of the collector, and no other", async () => {
  const { app, stop } = createCollector({
    catalog,
    runtimeMetrics: false,
    access: { open: ["collect"] },
    sourceMaps: { directory: import.meta.dirname },
  });
  // Each has a second path with a slash at its end, which says nothing new.
  const withoutSlash = app.routes
    .filter(({ path }) => !path.endsWith("/"))
    .map(({ method, path }) => ({
      method,
      path: path.replace(/^\/rum-[0-9a-f]{16}\.js$/, "/rum-:digest.js"),
    }));
  const routes = withoutSlash.flatMap(({ method, path }) =>
    // One handler answers every method of /collect, and all but these two with 405.
    method === "ALL" ? [`POST ${path}`, `OPTIONS ${path}`] : [`${method} ${path}`],
  );
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${toHono(path)}`),
  );
  expect(described.toSorted()).toEqual([...new Set(routes)].toSorted());
  await stop();
});

test("is served, and is the committed file: npm run generate", async () => {
  const { app, stop } = start();
  const response = await app.request("/api/rumkit/openapi.json");
  expect(response.headers.get("content-type")).toBe("application/json");
  const served = await response.text();
  expect(readFileSync(join(import.meta.dirname, "../docs/openapi.json"), "utf8")).toBe(served);
  await stop();
});

test.each([
  ["/collect", "rum_batches_rejected_total"],
  ["/ingest", "rum_ingest_requests_rejected_total"],
  ["/reports", "rum_reports_rejected_total"],
])("lists every code that %s refuses with", (path, metric) => {
  const family = describeMetrics(catalog).find(({ name }) => name === metric)!;
  const codes = Object.values(document.paths[path]!["post"]!.responses).flatMap(({ content = {} }) => {
    const { schema } = content["application/json"] ?? { schema: {} };
    const { properties } = schema as { properties?: { error: { properties: { code: { enum: string[] } } } } };
    return properties?.error.properties.code.enum ?? [];
  });
  expect(codes.toSorted()).toEqual(family.known.map(({ reason }) => reason!).toSorted());
});

test("is one by the schema of OpenAPI 3.1", async () => {
  expect(
    await new Validator().validate(JSON.parse(await renderOpenApi()) as Record<string, unknown>),
  ).toEqual({
    valid: true,
  });
});

test("has schemas that compile, names that differ, and the parameters of every path", () => {
  for (const [name, schema] of Object.entries(document.components.schemas))
    expect([name, validate(schema, undefined)]).not.toEqual([name, "valid"]);
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const ids = operations.map((operation) => (operation as unknown as { operationId: string }).operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [path, methods] of Object.entries(document.paths)) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const { parameters } of Object.values(methods))
      expect(parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name)).toEqual(
        names,
      );
  }
});

const batch = (change: object = {}) => ({
  v: 1,
  id: "1".repeat(32),
  session: "2".repeat(32),
  sentAt: 1,
  events: [{ type: "page_view", route: "/" }],
  ...change,
});
const item = { name: "jobs.done", value: 1, tags: { queue: "mail" } };
const report = { type: "crash", url: `${SHOP}/`, age: 0, body: { reason: "oom" } };
const services = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
const pages = { origin: SHOP, "content-type": "text/plain" };
const reports = { origin: SHOP, "content-type": "application/reports+json" };
const violations = { origin: SHOP, "content-type": "application/csp-report" };

/** The request, and its expected answer. `isDescribed`: the body is one that the document allows. */
const requests: [
  method: string,
  path: string,
  init: { headers?: Record<string, string>; body?: unknown },
  status: number,
  isDescribed?: boolean,
][] = [
  ["post", "/collect", { headers: pages, body: batch() }, 202, true],
  [
    "post",
    "/collect",
    {
      headers: pages,
      body: batch({ id: "3".repeat(32), events: [{ type: "page_view" }, { type: "teleport" }] }),
    },
    202,
    false,
  ],
  ["post", "/collect", { headers: pages, body: batch({ events: [{ type: "heartbeat" }] }) }, 409, true],
  ["post", "/collect", { headers: pages, body: batch({ id: "x" }) }, 422, false],
  ["post", "/collect", { headers: pages, body: [] }, 422, false],
  ["post", "/collect", { headers: {}, body: batch() }, 403],
  ["options", "/collect", { headers: pages }, 204],
  ["get", "/collect/funnels", {}, 200],
  ["post", "/ingest", { headers: services, body: item }, 202, true],
  ["post", "/ingest", { headers: services, body: [item, { ...item, count: 3 }] }, 202, true],
  ["post", "/ingest", { headers: services, body: { items: [item], dropped: { queue_full: 2 } } }, 202, true],
  ["post", "/ingest", { headers: services, body: [item, { name: "A", value: "1" }, {}] }, 202, false],
  ["post", "/ingest", { headers: services, body: "items" }, 422, false],
  ["post", "/ingest", { headers: { ...services, "idempotency-key": "" }, body: item }, 400],
  ["post", "/ingest", { body: item }, 401],
  ["post", "/reports", { headers: reports, body: [report] }, 204, true],
  ["post", "/reports", { headers: violations, body: { "csp-report": { "document-uri": SHOP } } }, 204, true],
  ["post", "/reports", { headers: reports, body: report }, 422, false],
  ["post", "/reports", { headers: pages, body: [report] }, 415],
  ["options", "/reports", { headers: reports }, 204],
  ["get", "/metrics", {}, 200],
  ["get", "/metrics", { headers: { accept: "application/openmetrics-text" } }, 200],
  ["options", "/collect/funnels", { headers: pages }, 204],
  ["get", "/api/rumkit/errors", {}, 200],
  ["get", "/api/rumkit/errors?order=odd", {}, 400],
  ["get", "/healthz", {}, 200],
  ["get", "/readyz", {}, 200],
  ["get", "/api/rumkit/openapi.json", {}, 200],
];

test("says what a running collector takes and answers", async () => {
  const { app, stop } = start();
  const error = {
    type: "error",
    source: "uncaught",
    name: "E",
    message: "m",
    stack: "E: m\n  at f (https://shop.example/a.js:1:2)",
  };
  await app.request("/collect", {
    method: "POST",
    headers: pages,
    body: JSON.stringify(batch({ id: "4".repeat(32), events: [error] })),
  });
  for (const [method, path, { headers, body }, status, isDescribed] of requests) {
    const response = await app.request(path, {
      method: method.toUpperCase(),
      headers: headers ?? {},
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const said = `${method} ${path} ${JSON.stringify(body ?? "")}`;
    expect([said, response.status]).toEqual([said, status]);
    const { requestBody, responses } = document.paths[path.split("?")[0]!]![method]!;
    if (isDescribed !== undefined) {
      const { schema } = requestBody!.content[headers!["content-type"]!]!;
      expect([said, validate(schema, body) === "valid"]).toEqual([said, isDescribed]);
    }
    const type = response.headers.get("content-type")?.split(";")[0];
    const described = responses[status]!;
    const types = Object.keys(described.content ?? {});
    expect([said, type === undefined ? types.length === 0 : types.includes(type)]).toEqual([said, true]);
    if (type === "application/json")
      expect([said, validate(described.content![type]!.schema, await response.json())]).toEqual([
        said,
        "valid",
      ]);
  }
  await stop();
});
