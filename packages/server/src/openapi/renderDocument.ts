import { statusOf } from "../http/collectError.ts";
import { type BasePaths, resolvePath } from "../part/basePaths.ts";
import { type JsonSchema, renderSchemas, type SchemaName, schemaReference } from "./componentSchema.ts";
import type { Content, Operation } from "./operation.ts";
import { operations } from "./operations.ts";

/** The version of the contract: `v` of a batch. */
const CONTRACT = "1.0.0";

/**
 * Renders the OpenAPI 3.1 document of the collector's routes, as text. Its schemas come from the tables with which
 * requests are read.
 */
export function renderDocument(base: BasePaths): string {
  const document = {
    openapi: "3.1.0",
    info: {
      title: "rumkit collector",
      version: CONTRACT,
      description: "Takes reports of pages and services, and shows them to Prometheus and people.",
      license: { name: "MIT", identifier: "MIT" },
    },
    paths: renderPaths(base),
    components: { schemas: renderSchemas(), securitySchemes: SECURITY_SCHEMES },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

const SECURITY_SCHEMES = {
  writeKey: { type: "apiKey", in: "query", name: "key", description: "Of pages: public, bound to origins." },
  secretKey: { type: "http", scheme: "bearer", description: "Of services." },
  token: {
    type: "http",
    scheme: "bearer",
    description:
      "Of people and services. Its scopes: metrics, live, alerts (reads the live page, too), admin (all of them).",
  },
};

function renderPaths(base: BasePaths): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = resolvePath(operation, base).replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method]: renderOperation(operation) };
  }
  return paths;
}

function renderOperation(operation: Operation): JsonSchema {
  const { summary, access, scope, body } = operation;
  return {
    operationId: operationId(operation),
    summary,
    ...(access && {
      security: [...(access === "secretKey" ? [] : [{}]), { [access]: scope === undefined ? [] : [scope] }],
    }),
    parameters: renderParameters(operation),
    ...(body && { requestBody: { required: true, content: renderContent(body) } }),
    responses: renderAnswers(operation),
  };
}

/**
 * Returns an operation's id: that of `GET /realtime/history` is `getRealtimeHistory`. Base paths do not change it, so
 * that generated clients keep their names.
 */
function operationId(operation: Operation): string {
  const path = resolvePath(operation, { live: "/realtime", api: "/api" });
  return operation.method + path.replace(/\W+(\w)/g, (_all, letter: string) => letter.toUpperCase());
}

function renderParameters({ path, query = {}, headers = {} }: Operation): JsonSchema[] {
  return [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name: name!,
      in: "path",
      required: true,
      schema: { type: "string" },
    })),
    ...Object.entries(query).map(([name, parameter]) => ({ name, in: "query", ...parameter })),
    ...Object.entries(headers).map(([name, description]) => ({
      name,
      in: "header",
      description,
      schema: { type: "string" },
    })),
  ];
}

function renderAnswers({ answers, refusals = [], access }: Operation): JsonSchema {
  const rendered = Object.entries(answers).map(([status, { description, content }]) => [
    status,
    { description, ...(content && { content: renderContent(content) }) },
  ]);
  const byStatus = Map.groupBy(new Set(refusals), statusOf);
  const refused = [...byStatus].map(([status, codes]) => [
    status,
    { description: `${codes.join(", ")}.`, content: { "application/json": { schema: refusal(codes) } } },
  ]);
  const denied = access === "token" ? [401, 403].map((status) => [status, DENIED]) : [];
  return Object.fromEntries([...rendered, ...refused, ...denied]) as JsonSchema;
}

const DENIED = {
  description:
    "bad_token, bad_scope, bad_host, link_ended, link_revoked, bad_link: if the option access is set.",
  content: { "application/json": { schema: schemaReference("AccessError") } },
};

function refusal(codes: readonly string[]): JsonSchema {
  return {
    ...schemaReference("ErrorAnswer"),
    properties: { error: { properties: { code: { enum: codes } } } },
  };
}

function renderContent(content: Content): JsonSchema {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => [type, { schema: schemaOf(schema) }]),
  );
}

function schemaOf(schema: SchemaName | "text"): JsonSchema {
  return schema === "text" ? {} : schemaReference(schema);
}
