import type { ErrorGroup, ErrorGroups, ErrorOrder } from "@rumkit/protocol";
import { OTHER } from "../metrics/descriptor.ts";
import { createSessionCount, type SessionCount } from "./sessionCount.ts";
import type { Handler } from "hono";
import { queryOf } from "../http/query.ts";

/** Maximum groups in memory: more than developers can read. */
const MAX_GROUPS = 500;

/** Maximum releases and routes of a group that are counted separately, because pages can send any text. */
const MAX_RELEASES = 10;
const MAX_ROUTES = 20;

/** Sources are a closed set of eight. */
const MAX_SOURCES = 10;

/** Families of browsers are a closed set of about ten. */
const MAX_BROWSERS = 10;

/** A bounded table of the faults of pages. The group that was seen longest ago makes room for a new one. */
export interface ErrorGroupTable {
  see(error: ReportedError): void;
  /** Counts errors that could not be grouped in time: they are among the forgotten ones. */
  skip(times: number): void;
  list(order: ErrorOrder, limit: number): ErrorGroups;
}

interface Group extends Pick<
  ErrorGroup,
  "fingerprint" | "name" | "message" | "count" | "firstSeen" | "lastSeen"
> {
  readonly releases: Map<string, number>;
  readonly routes: Map<string, number>;
  readonly sources: Map<string, number>;
  readonly browsers: Map<string, number>;
  readonly sessions: SessionCount;
  stack: readonly string[];
  resolved: boolean;
}

export function createErrorGroups(): ErrorGroupTable {
  /** In the order in which they were last seen: a Map keeps the order of insertion. */
  const groups = new Map<string, Group>();
  let seen = 0;
  let forgotten = 0;

  const dropOldest = (): void => {
    const [oldest] = groups.values();
    if (!oldest || groups.size <= MAX_GROUPS) return;
    groups.delete(oldest.fingerprint);
    forgotten += oldest.count;
  };

  return {
    see: (error) => {
      const group = groups.get(error.fingerprint) ?? begin(error);
      groups.delete(error.fingerprint);
      groups.set(error.fingerprint, group);
      add(group, error);
      seen += error.times;
      dropOldest();
    },
    skip: (times) => {
      seen += times;
      forgotten += times;
    },
    list: (order, limit) => {
      const newest = [...groups.values()].toReversed();
      const ordered = order === "frequent" ? newest.toSorted((a, b) => b.count - a.count) : newest;
      return { seen, forgotten, remembered: groups.size, groups: ordered.slice(0, limit).map(show) };
    },
  };
}

function begin({ fingerprint, name, message, at }: ReportedError): Group {
  return {
    fingerprint,
    name,
    message,
    count: 0,
    firstSeen: at,
    lastSeen: at,
    releases: new Map(),
    routes: new Map(),
    sources: new Map(),
    browsers: new Map(),
    sessions: createSessionCount(),
    stack: [],
    resolved: false,
  };
}

function add(group: Group, error: ReportedError): void {
  group.count += error.times;
  group.lastSeen = error.at;
  if (group.message === "") group.message = error.message;
  // The latest resolved stack shows where the fault is today; an error without a stack shows nothing.
  if (error.stack.length > 0 && (error.resolved || !group.resolved)) {
    group.stack = error.stack;
    group.resolved = error.resolved;
  }
  addTo(group.releases, error.release, error.times, MAX_RELEASES);
  addTo(group.routes, error.route, error.times, MAX_ROUTES);
  addTo(group.sources, error.source, error.times, MAX_SOURCES);
  addTo(group.browsers, error.browser, error.times, MAX_BROWSERS);
  error.sessions.forEach(group.sessions.add);
}

/** Counts a word; words after `max` different ones count as `__other__`. */
function addTo(counts: Map<string, number>, word: string, times: number, max: number): void {
  const key = counts.has(word) || counts.size < max ? word : OTHER;
  counts.set(key, (counts.get(key) ?? 0) + times);
}

function show({ releases, routes, sources, browsers, sessions, stack, ...group }: Group): ErrorGroup {
  return {
    ...group,
    releases: Object.fromEntries(releases),
    routes: Object.fromEntries(routes),
    sources: Object.fromEntries(sources),
    browsers: Object.fromEntries(browsers),
    sessions: sessions.size(),
    stack: [...stack],
  };
}

/** An accepted error of a page, scrubbed, with its stack rendered for the log and the error groups. */
export interface ReportedError {
  readonly fingerprint: string;
  /** The constructor's name: `TypeError`. */
  readonly name: string;
  /** Empty if the page described enough errors of the kind already. */
  readonly message: string;
  /** Milliseconds since 1970, by the collector's clock. */
  readonly at: number;
  readonly times: number;
  /** A route pattern, or `unmatched`. */
  readonly route: string;
  /** The app's release, as the page sends it; `unknown` without one. */
  readonly release: string;
  /** The source that caught it: `uncaught`, `rejection`, `react`. */
  readonly source: string;
  /** The family of the browser. */
  readonly browser: string;
  /** The sessions of the pages. */
  readonly sessions: readonly string[];
  /** Rendered frames, the innermost first. */
  readonly stack: readonly string[];
  /** True if a source map was used for the stack. */
  readonly resolved: boolean;
}

/** Groups in an answer. */
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/**
 * `GET /api/rumkit/errors`: the groups of the errors that pages reported, as JSON. `order=frequent` sorts by count; the
 * default order is by last occurrence. `limit` is 1 to 500, by default 50.
 */
export function createErrorsRoute(errors: {
  list(order: ErrorOrder, limit: number): Promise<ErrorGroups>;
}): Handler {
  return async function errorGroups(c) {
    const query = queryOf(c);
    const order = query.get("order") ?? "newest";
    const limit = Number(query.get("limit") ?? DEFAULT_LIMIT);
    if ((order !== "newest" && order !== "frequent") || !isLimit(limit)) {
      const message = `\`order\` is newest or frequent, \`limit\` 1 to ${MAX_LIMIT}.`;
      return c.json({ error: { code: "bad_query", message } }, 400);
    }
    c.header("cache-control", "no-store");
    return c.json(await errors.list(order, limit));
  };
}

function isLimit(limit: number): boolean {
  return Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT;
}
