/** The entry: three packages and every client of the wire import it. */
import { describe, expect, test } from "vitest";
import * as protocol from "./index.ts";

/** The names that are values. One more is a decision, since it can never be taken back. */
const VALUES = Object.keys(protocol).toSorted();

test("has the values that clients and collectors of the wire need", () => {
  expect(VALUES).toMatchInlineSnapshot(`
    [
      "API_FAILURES",
      "AUDIT_EVENTS",
      "BATCH_REJECTIONS",
      "BROWSERS",
      "CONNECTIONS",
      "DEFAULT_LINK_SECONDS",
      "DEVICES",
      "DROP_REASONS",
      "ERROR_SOURCES",
      "EVENT_REASONS",
      "EXACT_SESSIONS",
      "EXPERIENCES",
      "HIGHEST_MEASUREMENT",
      "INGESTED_NAME",
      "INGEST_DROP_REASONS",
      "INGEST_REJECTIONS",
      "INP_PARTS",
      "ITEM_REASONS",
      "ITEM_REJECTIONS",
      "JOBS_ACCEPTED",
      "JOBS_IN_FLIGHT",
      "JOB_DURATION",
      "LAST_INSTANT",
      "LCP_PARTS",
      "LINK_PREFIX",
      "LOAD_PHASES",
      "LOWEST_RATE",
      "MAX_ADDED",
      "MAX_AMOUNT",
      "MAX_BATCH_BYTES",
      "MAX_CLAIM",
      "MAX_COUNT",
      "MAX_DEPTH",
      "MAX_DETAILS",
      "MAX_DETAILS_UNITS",
      "MAX_DROPPED",
      "MAX_EVENTS",
      "MAX_INGEST_BYTES",
      "MAX_INGEST_DROPPED",
      "MAX_INGEST_ITEMS",
      "MAX_INGEST_VALUE",
      "MAX_KEYS",
      "MAX_LINK_SECONDS",
      "MAX_NAME",
      "MAX_REPORTS",
      "MAX_REPORTS_BYTES",
      "MAX_STACK",
      "MAX_STEP",
      "MAX_TEXT",
      "MIN_LINK_SECONDS",
      "NAVIGATIONS",
      "ONE_DAY",
      "ONE_TEBIBYTE",
      "PARTIES",
      "REPORTS_REJECTIONS",
      "SENDER_DIGITS",
      "STREAM_METRIC_TYPES",
      "TEN_MINUTES",
      "UNMATCHED_ROUTE",
      "batchFields",
      "commonFields",
      "createRouteMatcher",
      "currencyExponent",
      "defineCatalog",
      "eventRejections",
      "events",
      "itemFields",
      "itemsFields",
      "linkEndsAt",
      "readAmount",
      "senderText",
      "templatePath",
      "toMinorUnits",
      "webVitals",
      "withoutParameters",
    ]
  `);
});

describe("the tables", () => {
  const tables = Object.entries(protocol).filter(
    ([, value]) => typeof value === "object" && !(value instanceof RegExp),
  );

  test("are plain data: JSON shows all of them but their patterns", () => {
    for (const [name, table] of tables) {
      const shown: unknown = JSON.parse(
        JSON.stringify(table, (_key, value: unknown) => (value instanceof RegExp ? value.source : value)),
      );
      expect(Object.keys(shown as object), name).toEqual(Object.keys(table as object));
    }
  });

  test("have no `undefined`, and no NaN or infinity", () => {
    const look = (value: unknown, path: string): void => {
      expect(value, path).not.toBeUndefined();
      if (typeof value === "number") expect(Number.isFinite(value), path).toBe(true);
      if (typeof value === "object" && value !== null && !(value instanceof RegExp))
        for (const [key, inner] of Object.entries(value)) look(inner, `${path}.${key}`);
    };
    for (const [name, table] of tables) look(table, name);
  });

  test("are sentences without the spaces and quotes of an editor", () => {
    const texts: string[] = [];
    JSON.stringify(tables, (_key, value: unknown) => {
      if (typeof value === "string") texts.push(value);
      return value;
    });
    expect(texts.length).toBeGreaterThan(200);
    for (const text of texts) expect(text).not.toMatch(/^\s|\s$| {2}|[“”’‘\t\n]/);
  });
});

test("constants are in capitals, functions and tables are not", () => {
  const exceptions = new Set<string>();
  for (const [name, value] of Object.entries(protocol)) {
    const isConstant = typeof value === "number" || typeof value === "string" || value instanceof RegExp;
    if (isConstant && !/^[A-Z][A-Z\d_]*$/.test(name)) exceptions.add(name);
    if (typeof value === "function" && !/^[a-z][A-Za-z]*$/.test(name)) exceptions.add(name);
  }
  expect([...exceptions]).toEqual([]);
});
