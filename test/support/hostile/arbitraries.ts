/** Events and batches as pages send them, and nearly so: what property tests and fuzzing are made of. */
import fc from "fast-check";
import * as words from "@rumkit/protocol";

const text = fc.oneof(
  { arbitrary: fc.string({ maxLength: 12 }), weight: 4 },
  { arbitrary: fc.string({ unit: "binary", maxLength: 12 }), weight: 2 },
  // Around every limit of length, and with half a surrogate pair at it.
  fc
    .tuple(fc.constantFrom(127, 128, 2_047, 2_048, 8_191, 8_192), fc.constantFrom("", "x", "😀", "\ud800"))
    .map(([length, end]) => "x".repeat(length) + end),
);

const integer = fc.oneof(
  fc.nat(700),
  fc.constantFrom(1, 100, 599, 600, 1_000_000, 1_000_001, 2 ** 53, -1, 0.5),
);

const number = fc.oneof(
  { arbitrary: fc.double({ min: 0, max: 600, noNaN: true }), weight: 4 },
  fc.double(),
  fc.constantFrom(0, -0, 600, 600.1, 86_400, 86_401, 1e9, 1e12, 2 ** 40, 1e308, -1),
);

const details = fc.oneof(
  fc.dictionary(text, fc.oneof(text, number, fc.boolean()), { maxKeys: 6 }),
  fc
    .integer({ min: 30, max: 34 })
    .map((length) => Object.fromEntries(Array.from({ length }, (_, key) => [`k${key}`, key]))),
);

const wordSets = Object.values(words).filter((set) => Array.isArray(set)) as (readonly string[])[];
const word = fc.constantFrom(...wordSets.flat());

/** Values of the right kind, and around its bounds. */
function valueOf(name: string, field: words.Field): fc.Arbitrary<unknown> {
  if (name === "currency") return fc.constantFrom("USD", "EUR", "usd", "US", "USDT");
  if (field.kind === "enum") return fc.constantFrom(...field.values);
  if (field.kind === "details") return details;
  if (field.kind === "number") return number;
  return field.kind === "text" ? text : integer;
}

/** Every field of every event: mostly of the right kind, so that events are taken as often as they are refused. */
const fields: Readonly<Record<string, fc.Arbitrary<unknown>>> = Object.fromEntries(
  [words.commonFields, ...Object.values(words.events).map((spec) => spec.fields)].flatMap((declared) =>
    Object.entries(declared as words.Fields).map(([name, field]) => [name, valueOf(name, field)]),
  ),
);

/** Values by name, some of them of a wrong kind, and unknown keys. */
function objectLike(known: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<object> {
  const any = fc.oneof(fc.jsonValue({ maxDepth: 2 }), word, text, number);
  return fc
    .tuple(
      fc.record(known, { requiredKeys: [] }),
      fc.oneof(
        { arbitrary: fc.constant({}), weight: 4 },
        fc.dictionary(fc.oneof(fc.constantFrom("later", ...Object.keys(known)), text), any, { maxKeys: 2 }),
      ),
    )
    .map(([right, wrong]) => ({ ...right, ...wrong }));
}

/** The fields that an event of a type must have, so that most events have what they need. */
function needsOf(type: string): string[] {
  const declared: words.Fields = words.events[type as words.EventType].fields;
  return Object.keys(declared).filter((name) => !declared[name]!.optional);
}

/** An event, or nearly one. */
export const eventLike: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom(...Object.keys(words.events)).chain((type) => {
      const required = Object.fromEntries(needsOf(type).map((name) => [name, fields[name]!]));
      const some = fc
        .subarray(Object.keys(fields), { maxLength: 4 })
        .chain((names) => objectLike(Object.fromEntries(names.map((name) => [name, fields[name]!]))));
      return fc.tuple(fc.record(required), some).map(([right, rest]) => ({ ...right, ...rest, type }));
    }),
  },
  fc.jsonValue({ maxDepth: 3 }),
);

const hex = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom("0123456789abcdef0123456789abcdef", "f".repeat(32)) },
  fc.constantFrom("F".repeat(32), "f".repeat(31), "", "g".repeat(32)),
);

/** A batch, or nearly one. */
export const batchLike: fc.Arbitrary<unknown> = fc
  .tuple(
    fc.record({
      v: fc.oneof({ weight: 12, arbitrary: fc.constant(1) }, fc.constantFrom(0, 2, "1", null)),
      id: hex,
      session: hex,
      sentAt: fc.oneof({ weight: 8, arbitrary: fc.nat() }, fc.constantFrom(8.64e15, 8.64e15 + 1, -1, "1")),
      events: fc.oneof(
        { weight: 8, arbitrary: fc.array(eventLike, { maxLength: 6 }) },
        fc.constantFrom(199, 200, 201).map((length) => Array.from({ length }, () => ({ type: "heartbeat" }))),
      ),
    }),
    objectLike({
      seq: fc.nat(),
      app: text,
      release: text,
      environment: text,
      rate: fc.constantFrom(0.0001, 0.1, 1, 0, 0.00009, 1.1),
      dropped: objectLike(Object.fromEntries(words.DROP_REASONS.map((reason) => [reason, integer]))),
      context: details,
    }),
  )
  .map(([right, rest]) => ({ ...right, ...rest }));
