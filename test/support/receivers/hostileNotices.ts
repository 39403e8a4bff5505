/** Notices with texts that try to break a message, by a seed. */
import type { Alert, Notice } from "@rumkit/server/internal/testing";
import {
  array,
  constantFrom,
  dictionary,
  integer,
  oneof,
  option,
  record,
  string,
  type Arbitrary,
} from "fast-check";
import { alertWith, NOON } from "./notices.ts";

/** Texts that a service could obey, or that are long in an unusual way. */
const PIECES = [
  "<!channel>",
  "<!here|x>",
  "<@U012AB3CD>",
  "<https://evil.example|click>",
  "@everyone",
  "<@&123>",
  "[click](https://evil.example)",
  "**bold** _it_ `code` ~~x~~ > quote # head",
  "<at>all</at>",
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "&amp;&lt;",
  "\r\nBcc: all@evil.example",
  "\u0000\u0007\u001b[31m",
  "\u202Egnp.exe",
  "\u200B\u2066\uFEFF",
  "\uD83D",
  "\uDE00",
  "👩‍👩‍👧‍👦",
  "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  "e\u0301\u0302\u0303",
  `z${"\u0335".repeat(300)}`,
  "日本語の文字",
  "€{[~]}",
  "\\n\\u0041\\",
  "%s %n ${x} {{ .Labels }}",
  "line one\nline two\r\nline three\u2028four",
  "\t\t  ",
];

const text = oneof(
  { weight: 4, arbitrary: array(constantFrom(...PIECES), { maxLength: 8 }).map((parts) => parts.join(" ")) },
  { weight: 2, arbitrary: string({ unit: "binary", maxLength: 200 }) },
  { weight: 1, arbitrary: string({ unit: "grapheme", maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: constantFrom(...PIECES).chain((piece) =>
      integer({ min: 1, max: 6_000 }).map((length) => piece.repeat(Math.ceil(length / piece.length))),
    ),
  },
);

const link = option(
  oneof(
    constantFrom(
      "https://shop.example/a|b>c<d\"e'f)g(h`i?x=&y=<z>#|",
      "javascript:alert(1)",
      "https://user:password@shop.example/",
      "not a url",
      `https://shop.example/${"a".repeat(1_500)}`,
      `https://shop.example/${"ä".repeat(1_500)}`,
      `https://shop.example/${"a".repeat(9_000)}`,
    ),
    text,
  ),
  { nil: undefined },
);

const alert: Arbitrary<Alert> = record({
  name: text,
  declaredAs: option(text, { nil: undefined }),
  labels: dictionary(text, text, { maxKeys: 30 }).chain((labels) =>
    constantFrom("critical", "warning", "info", "<!channel>").map((severity) => ({ ...labels, severity })),
  ),
  summary: text,
  description: text,
  state: constantFrom("firing", "recovering", "resolved"),
  cause: constantFrom("value", "no_data", "error"),
  value: oneof(
    constantFrom(null, 0, -0, 0.000_001, 1e21, Number.NaN, Number.POSITIVE_INFINITY, -1.5),
    integer(),
  ),
  threshold: constantFrom(0, 0.05, 1e9, -3),
  side: constantFrom("above", "below"),
  unit: constantFrom("seconds", "bytes", "ratio", "currency", "none"),
  release: option(text, { nil: undefined }),
  links: record({ live: link, board: link, runbook: link }),
}).map((fields) => alertWith({ ...fields, endsAt: fields.state === "resolved" ? NOON + 60_000 : undefined }));

/** Any notice: its ids are those that the collector makes, everything else may be hostile. */
export const hostileNotice: Arbitrary<Notice> = record({
  reason: constantFrom("fired", "resolved", "changed", "repeat", "flood", "test"),
  status: constantFrom("firing", "resolved"),
  groupLabels: dictionary(text, text, { maxKeys: 4 }),
  alerts: array(alert, { minLength: 1, maxLength: 50, size: "small" }),
  leftOut: constantFrom(0, 1, 1_000),
}).map((fields) => ({ id: "notice-1", episode: `00f1a2b3c4d5e6f7-${NOON}`, at: NOON + 90_000, ...fields }));

/** One text again and again, in all places at once: the largest notice of its kind. */
export const largestNotices: readonly Notice[] = PIECES.map((piece) => {
  const long = piece.repeat(Math.ceil(8_000 / piece.length));
  const labels = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`${long.slice(0, 500)}${index}`, long]),
  );
  const links = {
    live: `https://shop.example/${"<&|".repeat(300)}`,
    board: undefined,
    runbook: "https://a.example/?é",
  };
  const largest = alertWith({
    name: long,
    summary: long,
    description: long,
    release: long,
    declaredAs: long,
    labels,
    links,
  });
  return {
    id: "notice-1",
    episode: `00f1a2b3c4d5e6f7-${NOON}`,
    reason: "fired",
    status: "firing",
    at: NOON,
    groupLabels: labels,
    alerts: Array.from({ length: 50 }, () => largest),
    leftOut: 7,
  };
});
