import { AUDIT_EVENTS, type AuditEntries, type AuditEntry, type AuditEvent } from "@rumkit/protocol";
import type { Context, Handler } from "hono";
import type { AuditLog, AuditSelection } from "./audit.ts";
import { queryOf } from "../http/query.ts";

/** Entries of an answer if the request does not say. */
const DEFAULT_LIMIT = 100;

/** Maximum entries of an answer in JSON. JSON Lines are limited by the size of the log alone. */
const MAX_LIMIT = 1_000;

/** Entries that are read at a time for JSON Lines, so that an export does not block the collector. */
const LINES_AT_ONCE = 500;

/**
 * `GET …/audit?from=…&to=…&what=action_run&about=…&after=…&limit=…&format=jsonl`: entries of the audit log, oldest first.
 * Without `after` the newest ones.
 */
export function createAuditRoute(log: AuditLog): Handler {
  return function answer(c) {
    c.header("cache-control", "no-store");
    const read = readQuery(c);
    if (typeof read === "string") return c.json({ error: { code: "bad_query", message: read } }, 400);
    if (read.isLines) return sendLines(c, log, read.selection);
    const answered: AuditEntries = { entries: log.read(read.selection) };
    return c.json(answered);
  };
}

const KNOWN = ["from", "to", "what", "about", "after", "limit", "format"];

/** Returns what the query selects, or its fault. */
function readQuery(c: Context): { readonly selection: AuditSelection; readonly isLines: boolean } | string {
  const query = queryOf(c);
  const unknown = [...query.keys()].find((name) => !KNOWN.includes(name));
  if (unknown !== undefined)
    return `${JSON.stringify(unknown.slice(0, 64))} is not a parameter. Known: ${KNOWN.join(", ")}.`;
  const whole = (name: string, most: number): number | undefined | string => {
    const text = query.get(name);
    if (text === null) return undefined;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value <= most ? value : `\`${name}\` is a whole number up to ${most}.`;
  };
  const numbers = {
    from: whole("from", 1e15),
    to: whole("to", 1e15),
    after: whole("after", 1e15),
    limit: whole("limit", MAX_LIMIT),
  };
  const fault = Object.values(numbers).find((value) => typeof value === "string");
  if (fault !== undefined) return fault;
  const what = query.getAll("what").flatMap((text) => text.split(","));
  const wrong = what.find((event) => !(AUDIT_EVENTS as readonly string[]).includes(event));
  if (wrong !== undefined) return `\`what\` is one of ${AUDIT_EVENTS.join(", ")}.`;
  const format = query.get("format") ?? "json";
  if (format !== "json" && format !== "jsonl") return "`format` is json or jsonl.";
  const about = query.get("about");
  return {
    selection: {
      ...(numbers as Pick<AuditSelection, "from" | "to" | "after">),
      ...(what.length > 0 && { what: what as AuditEvent[] }),
      ...(about !== null && { about }),
      limit: (numbers.limit as number | undefined) ?? (format === "json" ? DEFAULT_LIMIT : Infinity),
    },
    isLines: format === "jsonl",
  };
}

function sendLines(c: Context, log: AuditLog, selection: AuditSelection): Response {
  const lines = readLines(log, selection);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const { value, done } = lines.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  });
  c.header("content-type", "application/jsonl; charset=utf-8");
  c.header("content-disposition", 'attachment; filename="rumkit-audit.jsonl"');
  return c.body(body);
}

/** Yields some lines at a time. Entries that are added meanwhile are not part of it. */
function* readLines(log: AuditLog, { limit, after = 0, ...selection }: AuditSelection): Generator<string> {
  let last = after;
  let left = limit;
  while (left > 0) {
    const entries: readonly AuditEntry[] = log.read({
      ...selection,
      after: last,
      limit: Math.min(left, LINES_AT_ONCE),
    });
    if (entries.length === 0) return;
    yield entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    last = entries.at(-1)!.id;
    left -= entries.length;
  }
}
