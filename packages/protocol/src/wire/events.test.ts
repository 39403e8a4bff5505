/** Rules for each entry of the table, so that a new type of event cannot be half declared. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commonFields, EVENT_REASONS, events, type EventType } from "./events.ts";
import type { Field, Fields, NumberField, TextField } from "./field.ts";
import {
  MAX_ADDED,
  MAX_BATCH_BYTES,
  MAX_COUNT,
  MAX_KEYS,
  MAX_NAME,
  MAX_STACK,
  MAX_TEXT,
  TEN_MINUTES,
} from "./limits.ts";
import { eventRejections } from "./rejections.ts";
import { webVitals } from "../values/webVitals.ts";

const TYPES = Object.keys(events) as EventType[];
/** Types by name: two test runs of one type would not tell more. */
const ROWS = TYPES.map((type) => ({ type, ...events[type], fields: events[type].fields as Fields }));
const FIELDS = ROWS.flatMap(({ type, fields }) =>
  Object.entries(fields).map(([name, field]): [path: string, field: Field] => [`${type}.${name}`, field]),
);
const ALL_FIELDS = [
  ...FIELDS,
  ...Object.entries(commonFields).map(([name, field]): [string, Field] => [name, field]),
];

function isNumber(field: Field): field is NumberField {
  return field.kind === "number" || field.kind === "integer";
}

describe.each(ROWS)("$type", ({ type, what, counts, group, shedFrom, fields }) => {
  test("has a sentence for the docs, without a full stop", () => {
    expect(what).toMatch(/^([A-Z]|`)/);
    expect(what).not.toMatch(/\.$|\n| {2}/);
  });

  test("names the metrics that it counts, as code, in snake_case with a base unit or a total", () => {
    const metrics = [...counts.matchAll(/`(rum_[^`]+)`/g)].map(([, metric]) => metric!);
    expect(metrics.length).toBeGreaterThan(0);
    for (const metric of metrics)
      expect(metric).toMatch(
        /^rum_([a-z_]+|<name>_<unit>)(_(total|seconds|bytes|score|sessions))?(\{[a-z_]+(,([a-z_]+|…))*\})?$/,
      );
  });

  test("belongs to a section of the docs, and to a level of overload", () => {
    expect(["visit", "use", "browser"]).toContain(group);
    expect([1, 2, "never"]).toContain(shedFrom);
  });

  test("repeats no common field, and leaves `type` to the reader", () => {
    for (const name of ["type", ...Object.keys(commonFields)])
      expect(Object.keys(fields)).not.toContain(name);
  });

  test("has room for later fields", () => {
    // With `type` and the common ones.
    expect(Object.keys(fields).length + 3).toBeLessThan(MAX_KEYS / 2);
  });

  test("is a word that Prometheus takes as part of a name", () => {
    expect(type).toMatch(/^([a-z]+(_[a-z]+)*|[A-Z]+)$/);
  });
});

describe("what money and goals are made of", () => {
  test("is never left out because of overload", () => {
    for (const type of ["conversion", "funnel_step", "error"] as const)
      expect(events[type].shedFrom, type).toBe("never");
  });

  test("a conversion counts whatever its money is: its fields are judged later", () => {
    const { amount, currency } = events.conversion.fields;
    expect([amount.kind, amount.reason, currency.kind, currency.reason]).toEqual([
      "anything",
      "bad_amount",
      "anything",
      "bad_currency",
    ]);
  });
});

describe("the fields", () => {
  test.each(ALL_FIELDS)("%s says what it is in lower case, without a full stop", (_path, field) => {
    if (field.what !== undefined) expect(field.what).not.toMatch(/\.$|\n/);
  });

  test.each(ALL_FIELDS.filter(([, field]) => field.kind === "text"))(
    "%s has one of the lengths of text",
    (_path, field) => {
      const { least = 0, most } = field as TextField;
      expect([MAX_NAME, MAX_TEXT, MAX_STACK]).toContain(most);
      expect([0, 1]).toContain(least);
    },
  );

  test.each(FIELDS.filter(([, field]) => isNumber(field) && field.unit !== undefined))(
    "%s, which has a unit, has a lower and an upper bound",
    (_path, field) => {
      const { least, most } = field as NumberField;
      expect(least).toBe(0);
      expect(most).toBeGreaterThan(0);
      // Alone, no event exceeds what one may add to a sum.
      expect(most).toBeLessThan(MAX_ADDED);
    },
  );

  test.each(ALL_FIELDS.filter(([, field]) => field.kind === "enum"))(
    "%s has different values that are safe as labels",
    (_path, field) => {
      const values = (field as { values: readonly string[] }).values;
      expect(new Set(values).size).toBe(values.length);
      for (const value of values) expect(value).toMatch(/^[a-z\d][a-z\d_-]*$/);
    },
  );

  test.each(ALL_FIELDS.filter(([, field]) => field.reason !== undefined))(
    "%s is refused by a code that the protocol has",
    (_path, { reason }) => {
      expect(Object.keys(eventRejections)).toContain(reason);
    },
  );

  test("of all kinds have a code of their refusal", () => {
    for (const code of Object.values(EVENT_REASONS)) expect(Object.keys(eventRejections)).toContain(code);
  });

  test("a count is a whole number of events, and one event is one", () => {
    expect(commonFields.count).toMatchObject({ kind: "integer", least: 1, most: MAX_COUNT, optional: true });
  });

  test("a name is not empty; the name of an error may be, because anything can be thrown", () => {
    const names = FIELDS.filter(([path]) => path.endsWith(".name"));
    const mayBeEmpty = names.filter(([, field]) => ((field as TextField).least ?? 0) === 0);
    expect(mayBeEmpty.map(([path]) => path)).toEqual(["error.name"]);
  });
});

describe("the vitals", () => {
  test("are those of the page, all with the same fields", () => {
    const names = Object.keys(webVitals) as (keyof typeof webVitals)[];
    for (const name of names) {
      expect(events[name].fields).toBe(events.LCP.fields);
      expect(events[name].counts).toContain(`\`${webVitals[name].metric}{`);
    }
    expect(TYPES.filter((type) => type === type.toUpperCase())).toEqual(names);
  });

  test("no time of a page is longer than ten minutes, or a day of being visible", () => {
    const seconds = FIELDS.filter(([, field]) => isNumber(field) && field.unit === "seconds");
    const longer = seconds.filter(([, field]) => (field as NumberField).most !== TEN_MINUTES);
    expect(longer.map(([path]) => path)).toEqual(["visible.value"]);
  });
});

describe("the largest event of each type", () => {
  /** A value of the field's full size, in characters of three bytes. */
  function largest(field: Field): unknown {
    if (field.kind === "text") return "字".repeat(field.most);
    if (field.kind === "enum")
      return field.values.reduce((a, b) => (String(a).length > String(b).length ? a : b));
    return isNumber(field) ? (field.most ?? Number.MAX_SAFE_INTEGER) : undefined;
  }

  test.each(ROWS)("$type fits into a batch on its own, without details", ({ type, fields }) => {
    const event = Object.fromEntries(
      Object.entries({ ...commonFields, ...fields }).map(([name, field]) => [name, largest(field as Field)]),
    );
    const { byteLength } = new TextEncoder().encode(JSON.stringify({ type, ...event }));
    expect(byteLength).toBeLessThan(MAX_BATCH_BYTES / 1.5);
  });
});

test("a table entry is not reachable by a name of the prototype", () => {
  fc.assert(
    fc.property(fc.constantFrom("toString", "constructor", "__proto__", "hasOwnProperty"), (name) => {
      expect(Object.hasOwn(events, name)).toBe(false);
    }),
  );
});
