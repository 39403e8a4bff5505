import type { Collector } from "@rumkit/server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { catalog } from "./catalog.ts";
import type { Outbox } from "./outbox/outbox.ts";
import { isRuleVersion, RULE_VERSIONS, type Rules } from "./rules.ts";

export interface ManagementOptions {
  readonly collector: Collector<typeof catalog>;
  readonly rules: Rules;
  readonly outbox: Outbox;
}

const MAX_BODY_BYTES = 16_384;

/** The management side: rule versions and who deployed them, and the notices that were sent. */
export function createManagement({ collector, rules, outbox }: ManagementOptions): Hono {
  const management = new Hono();
  for (const path of ["/rules", "/outbox"]) management.use(path, collector.httpMetrics());
  management.use(
    "/rules",
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => refuse(c, 413, "too_large", `A body has at most ${MAX_BODY_BYTES} bytes.`),
    }),
  );
  const describe = () => ({
    current: rules.current(),
    versions: RULE_VERSIONS,
    history: rules.history(),
  });
  management.get("/outbox", (c) => c.json({ messages: outbox.messages() }));
  management.get("/rules", (c) => c.json(describe()));
  management.post("/rules", async (c) => {
    // A page of another site cannot send this type without asking first.
    if (!/^application\/json\b/i.test(c.req.header("content-type") ?? ""))
      return refuse(c, 415, "bad_media_type", "The body must be application/json.");
    const read = readDeployment(await c.req.text());
    if (typeof read === "string") return refuse(c, 400, "bad_deployment", read);
    if (!isRuleVersion(read.version))
      return refuse(c, 404, "unknown_version", `\`version\` must be one of ${RULE_VERSIONS.join(", ")}.`);
    if (read.version === rules.current())
      return refuse(c, 409, "is_current", `The rule ${read.version} is deployed already.`);
    rules.deploy(read.version, read.by, read.why);
    return c.json(describe(), 201);
  });
  return management;
}

interface Wanted {
  readonly version: unknown;
  readonly by: string;
  readonly why: string;
}

/** Reads `{ version, by, why }`, or returns what is wrong. */
function readDeployment(body: string): Wanted | string {
  let fields: unknown;
  try {
    fields = JSON.parse(body);
  } catch {
    return "The body is not JSON.";
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    return "The body must be a JSON object.";
  const { version, by, why } = fields as Record<string, unknown>;
  const isText = (value: unknown): value is string =>
    typeof value === "string" && value.trim() !== "" && value.length <= 200;
  if (!isText(by)) return "`by` must be a name of 1 to 200 characters.";
  if (!isText(why)) return "`why` must be a reason of 1 to 200 characters.";
  return { version, by, why };
}

function refuse(c: Context, status: 400 | 404 | 409 | 413 | 415, code: string, error: string): Response {
  return c.json({ error, code }, status);
}
