/** Hostile requests as data: the bytes, and what they get. `corpus.ts` numbers them. */
import { createHash } from "node:crypto";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import {
  batch,
  type HostileCase,
  judged,
  KEY,
  malformed,
  refusal,
  refused,
  request,
  view,
} from "./hostileCase.ts";

const POST = `POST /collect?key=${KEY} HTTP/1.1`;

const chunked = (body: string): Buffer =>
  request({ headers: { "Content-Length": undefined, "Transfer-Encoding": "chunked" }, body });

const framing: readonly HostileCase[] = [
  malformed(
    "length and chunks together",
    400,
    `${POST}\nHost: a\nContent-Length: 2\nTransfer-Encoding: chunked`,
  ),
  malformed("two lengths", 400, `${POST}\nHost: a\nContent-Length: 2\nContent-Length: 3`),
  malformed("a length with a sign", 400, `${POST}\nHost: a\nContent-Length: +5`),
  malformed("a negative length", 400, `${POST}\nHost: a\nContent-Length: -1`),
  malformed("a length with an exponent", 400, `${POST}\nHost: a\nContent-Length: 1e3`),
  malformed("a coding behind chunked", 400, `${POST}\nHost: a\nTransfer-Encoding: chunked, identity`),
  {
    title: "a chunk whose size has 17 digits",
    bytes: chunked("fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
    status: 400,
    added: refused("aborted"),
  },
  {
    title: "a chunk with an extension of 20 KB",
    bytes: chunked(`2;${"x".repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
    status: 413,
    added: refused("aborted"),
  },
  {
    title: "lines that end in LF",
    bytes: Buffer.from(`${POST}\nHost: a\nContent-Length: 2\n\n{}`),
    status: 400,
    added: {},
  },
  malformed("a folded header", 400, `${POST}\nHost: a\nX: b\n c`),
  malformed("NUL in a header", 400, `${POST}\nHost: a\nX: \0`),
  {
    title: "an invalid Host, where a host is read",
    bytes: request({ method: "GET", target: "/metrics", headers: { Host: "a b/c@d" }, body: "" }),
    status: 400,
    added: {},
  },
  {
    ...judged("an invalid Host, where it is not read", [view], 1, []),
    bytes: request({ headers: { Host: "a b/c@d" } }),
    because: "Where there are keys no host is asked for, and Node's parser takes any.",
  },
  malformed("no Host", 400, `${POST}\nContent-Length: 2`),
  malformed("a header of 20 KB", 431, `${POST}\nHost: a\nX: ${"x".repeat(20_000)}`),
  malformed("an address of 20 KB", 431, `POST /collect?${"x".repeat(20_000)} HTTP/1.1\nHost: a`),
  malformed("an unknown method", 400, "TELEPORT /collect HTTP/1.1\nHost: a"),
  malformed("the preface of HTTP/2", 400, "PRI * HTTP/2.0\n\nSM"),
  malformed(
    "an unknown expectation",
    417,
    `${POST}\nHost: a\nExpect: 200-ok\nConnection: close\nContent-Length: 2`,
  ),
  refusal("TRACE", 405, "bad_method", { method: "TRACE", body: "" }),
  refusal("PUT", 405, "bad_method", { method: "PUT" }),
  {
    ...judged("a header named __proto__", [view], 1, []),
    bytes: request({ headers: { ["__proto__"]: "1" } }),
  },
  {
    ...judged("an address of another host", [view], 1, []),
    bytes: request({ target: `http://evil.example/collect?key=${KEY}` }),
    because: "The path is what is asked for; the host of neither line decides anything.",
  },
];

/** As much as fits the limit on the wire: 1,028 to 1 is the most that gzip can do. */
const bomb = gzipSync(Buffer.alloc(65_000_000));
const largeBomb = gzipSync(Buffer.alloc(200_000_000));
const gzip = { "Content-Encoding": "gzip" };
const zipped = gzipSync(batch());
const wrongChecksum = Buffer.from(zipped);
wrongChecksum[wrongChecksum.length - 6]! ^= 1;

const sizes: readonly HostileCase[] = [
  refusal("one byte more than may be", 413, "too_large", { body: "x".repeat(65_537) }),
  refusal("one byte of padding too many", 413, "too_large", { body: batch().padEnd(65_537) }),
  refusal("a length that no disk has", 413, "too_large", {
    headers: { "Content-Length": "99999999999" },
    body: "{",
  }),
  {
    title: "chunks beyond the limit",
    bytes: chunked(`20000\r\n${"x".repeat(0x20_000)}\r\n0\r\n\r\n`),
    status: 413,
    code: "too_large",
    added: refused("too_large"),
  },
  {
    title: "fifty bytes announced, three sent",
    bytes: request({ headers: { "Content-Length": "50" }, body: '{"v' }),
    leaves: "ends",
    status: 400,
    added: refused("aborted"),
    because: "Node says so to who closed only the sending half, and we count it.",
  },
  {
    title: "fifty bytes announced, three sent, and gone",
    bytes: request({ headers: { "Content-Length": "50" }, body: '{"v' }),
    leaves: "closes",
    status: undefined,
    added: refused("aborted"),
  },
  {
    ...judged("a whole batch, and gone without a word", [view], 1, []),
    leaves: "resets",
    status: undefined,
  },
  refusal(
    "a gzip bomb of 200 MB",
    413,
    "too_large",
    { headers: gzip, body: largeBomb },
    {
      because:
        "200 MB take 194 KB of gzip at least: it is refused by its length, before anything is inflated.",
    },
  ),
  refusal("a gzip bomb", 413, "too_large_decoded", { headers: gzip, body: bomb }),
  refusal("brotli", 415, "unsupported_encoding", {
    headers: { "Content-Encoding": "br" },
    body: brotliCompressSync(batch()),
  }),
  refusal("zstd", 415, "unsupported_encoding", {
    headers: { "Content-Encoding": "zstd" },
    body: zstdCompressSync(batch()),
  }),
  refusal("gzip twice", 415, "unsupported_encoding", {
    headers: { "Content-Encoding": "gzip, gzip" },
    body: gzipSync(zipped),
  }),
  refusal("gzip that ends too early", 400, "bad_encoding", { headers: gzip, body: zipped.subarray(0, -9) }),
  refusal("gzip of four bytes", 400, "bad_encoding", { headers: gzip, body: zipped.subarray(0, 4) }),
  refusal("gzip that goes on behind its end", 400, "bad_encoding", {
    headers: gzip,
    body: Buffer.concat([zipped, Buffer.from("more")]),
  }),
  refusal("two gzip members", 400, "bad_encoding", {
    headers: gzip,
    body: Buffer.concat([gzipSync("{"), gzipSync("}")]),
  }),
  refusal("gzip with a wrong checksum", 400, "bad_encoding", { headers: gzip, body: wrongChecksum }),
  refusal("invalid gzip", 400, "bad_encoding", { headers: gzip }),
  { ...judged("gzip", [view], 1, []), bytes: request({ headers: gzip, body: gzipSync(batch()) }) },
  { ...judged("identity", [view], 1, []), bytes: request({ headers: { "Content-Encoding": "identity" } }) },
  refusal("nothing", 400, "empty_body", { body: "" }),
];

const nested = "[".repeat(32_700) + "]".repeat(32_700);
const keys = (length: number, step = 1): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length }, (_, index) => [index * step, 0])));

const texts: readonly HostileCase[] = [
  refusal("a byte that is not UTF-8", 400, "bad_utf8", { body: Buffer.from([0x7b, 0xff, 0x7d]) }),
  refusal("an overlong NUL", 400, "bad_utf8", { body: Buffer.from([0xc0, 0x80]) }),
  refusal("a surrogate in UTF-8", 400, "bad_utf8", { body: Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]) }),
  refusal("a byte order mark", 400, "bad_json", { body: `\uFEFF${batch()}` }),
  refusal("a trailing comma", 400, "bad_json", { body: '{"v":1,}' }),
  refusal("NaN", 400, "bad_json", { body: '{"v":NaN}' }),
  refusal("single quotes", 400, "bad_json", { body: "{'v':1}" }),
  refusal("a comment", 400, "bad_json", { body: "{/**/}" }),
  refusal("32,700 nested arrays", 400, "too_deep", { body: nested }),
  refusal(
    "32,700 arrays that do not end",
    400,
    "bad_json",
    { body: "[".repeat(32_700) },
    {
      because: "The parser, which is not recursive, finds the end missing before anybody counts levels.",
    },
  ),
  refusal("6,000 keys", 400, "too_many_keys", { body: keys(6_000) }),
  refusal("integer keys that collide", 400, "too_many_keys", { body: keys(4_000, 65_536) }),
  {
    ...judged("the key id twice", [view], 1, []),
    bytes: request({ body: `{"id":1,${batch().slice(1)}` }),
    because: "The last one counts, as everywhere in JavaScript.",
  },
  {
    ...judged("the key __proto__", [view], 1, []),
    bytes: request({ body: `{"__proto__":{"isAdmin":true},${batch().slice(1)}` }),
  },
  judged("an action named toString", [{ type: "action", name: "toString" }], 0, ["unknown_name"]),
  refusal("an array", 422, "bad_batch", { body: "[]" }),
  refusal("null", 422, "bad_batch", { body: "null" }),
  refusal("a string", 422, "bad_batch", { body: '"x"' }),
  refusal("201 events", 413, "too_many_events", { body: batch(Array.from({ length: 201 }, () => view)) }),
  judged(
    "one bad of twenty",
    [...Array.from({ length: 19 }, () => view), { type: "page_view", route: 7 }],
    19,
    ["bad_event"],
  ),
  judged(
    "twenty bad",
    Array.from({ length: 20 }, () => ({ type: "x" })),
    0,
    Array.from({ length: 20 }, () => "unknown_type"),
  ),
  judged("an event of a later version", [view, { type: "teleport" }], 1, ["unknown_type"]),
  refusal("version 99", 422, "bad_version", { body: batch([view], { v: 99 }) }),
  judged("a route of 3,000 characters", [{ ...view, route: "x".repeat(3_000) }], 1, [], {
    because: "It is cut, without a flag: what is cut is not counted by.",
  }),
  judged("2,000 combining marks", [{ type: "click", name: `a${"\u0301".repeat(2_000)}` }], 1, []),
  judged(
    "half a surrogate pair in a label",
    [view, { type: "action", name: "add", details: { category: "\ud800" } }],
    1,
    ["unknown_label_value"],
    {
      because:
        "Labels are closed sets: the text is outside of it, which is the better word for what is wrong.",
    },
  ),
  {
    ...judged("an integer of 60,000 digits", [view, view], 1, ["bad_number"]),
    bytes: request({ body: batch([view, { type: "heap", value: "@" }]).replace('"@"', "9".repeat(60_000)) }),
  },
  judged("a number as text", [view, { type: "heap", value: "12" }], 1, ["bad_number"]),
  {
    ...judged("minus zero", [view], 1, []),
    bytes: request({ body: batch([{ type: "heap", value: "@" }]).replace('"@"', "-0") }),
  },
];

const zippedRequest = (events: readonly unknown[]): Buffer =>
  request({ headers: gzip, body: gzipSync(batch(events)) });

/** Text of four symbols that gzip cannot make much smaller than a quarter: more would be taken for a bomb. */
function scramble(symbols: string, length: number): string {
  const bytes = createHash("shake256", { outputLength: length / 4 })
    .update(symbols)
    .digest();
  return Array.from({ length }, (_, index) => symbols[(bytes[index >> 2]! >> (2 * (index & 3))) & 3]).join(
    "",
  );
}

/** Zero-width space, joiner, non-joiner and byte order mark. */
const nothing = scramble("\u200b\u200d\u200c\ufeff", 50_000);
const invisible = Array.from({ length: 20 }, (_, index) => {
  const text = nothing.slice(2_500 * index, 2_500 * (index + 1));
  return index % 2 === 0
    ? { type: "click", name: text }
    : { ...view, route: text, details: { [text.slice(0, 100)]: text } };
});

const wish = { type: "conversion", name: "wish", currency: "USD" };

/** A conversion counts, whatever its money is. */
function unpaid(title: string, events: readonly unknown[], reason = "bad_amount"): HostileCase {
  const counted = judged(title, events, 2, []);
  const series = `rum_conversions_without_amount_total{conversion="wish",reason="${reason}"}`;
  return { ...counted, added: { ...counted.added, [series]: 1 } };
}

const values: readonly HostileCase[] = [
  unpaid("money that is NaN in the page", [view, { ...wish, amount: null }]),
  unpaid("1e308 of money", [view, { ...wish, amount: 1e308 }]),
  unpaid("a fraction of a cent", [view, { ...wish, amount: 0.1 }]),
  unpaid("money that is an object", [view, { ...wish, amount: { toString: 1 } }]),
  {
    ...unpaid("money beyond exact integers", [view, wish]),
    bytes: request({
      body: batch([view, { ...wish, amount: "@" }]).replace('"@"', "9007199254740993"),
    }),
  },
  {
    ...judged("infinity, as JSON can say it", [view, wish], 1, ["bad_number"]),
    bytes: request({ body: batch([view, { type: "heap", value: "@" }]).replace('"@"', "1e999") }),
  },
  unpaid("unknown currencies", [view, { ...wish, amount: 1, currency: "usd'" }], "bad_currency"),
  unpaid("a currency that is a list", [view, { ...wish, amount: 1, currency: ["USD"] }], "bad_currency"),
  judged("a negative vital", [view, { type: "LCP", value: -1 }], 1, ["bad_number"]),
  judged("a vital of thirty years", [view, { type: "LCP", value: 1e9 }], 1, ["bad_number"], {
    because:
      "Refused with a reason instead of counted in the last bucket: a clamped value would still be in the sum.",
  }),
  judged(
    "the largest double, twice",
    [
      view,
      { type: "measurement", name: "size", value: 1e308 },
      { type: "measurement", name: "size", value: 1e308 },
    ],
    1,
    ["bad_number", "bad_number"],
  ),
  judged(
    "a label that breaks out of the exposition",
    [view, { type: "action", name: "add", details: { category: '"} 1\nfake_total 99' } }],
    1,
    ["unknown_label_value"],
  ),
  judged(
    "a label with a control character, and one that turns the text around",
    [
      view,
      { type: "action", name: "add", details: { category: "a\r\n" } },
      { type: "action", name: "add", details: { category: "\u202e" } },
    ],
    1,
    ["unknown_label_value", "unknown_label_value"],
  ),
  {
    ...judged("a label of 128 KB", [view, view], 1, ["unknown_label_value"]),
    bytes: zippedRequest([
      view,
      { type: "action", name: "add", details: { category: scramble("abcd", 128_000) } },
    ]),
  },
  {
    ...judged("a name of 128 KB", [view], 1, []),
    bytes: zippedRequest([{ type: "click", name: scramble("abcd", 128_000) }]),
    because: "A name is cut to its 128 characters, as the page cuts it.",
  },
  {
    ...judged("names, texts and paths of 75,000 invisible characters", invisible, 20, []),
    bytes: zippedRequest(invisible),
    because: "Each is cut, and names of elements that differ by them alone use up one budget, as all others.",
  },
  judged(
    "names of elements from a user",
    [
      { type: "click", name: '"} 1\nfake_total 99' },
      { type: "click", name: "\u202e" },
    ],
    2,
    [],
  ),
  judged(
    "labels that are Prometheus' own",
    [{ type: "action", name: "add", details: { category: "books", le: "1", __name__: "x", quantile: "1" } }],
    1,
    [],
    {
      because:
        "Only labels that the catalog declares are labels; all others are attributes, which no series has.",
    },
  ),
];

const identity: readonly HostileCase[] = [
  refusal("no id", 422, "bad_batch_id", { body: batch([view], { id: undefined }) }),
  judged("an id that begins with a time a year ahead", [view], 1, [], {
    change: { id: "ffff018f3b2c7a90".padEnd(32, "0") },
    because: "An id is 128 random bits; nothing is read from it, so no clock is believed either.",
  }),
  refusal("a batch of another app", 403, "unknown_app", { body: batch([view], { app: "other" }) }),
  refusal("an id of 60 KB", 422, "bad_batch_id", { body: batch([view], { id: "f".repeat(60_000) }) }),
  refusal("an id of 1 MB", 413, "too_large", { body: batch([view], { id: "f".repeat(1_000_000) }) }),
  refusal(
    "an id in capitals",
    422,
    "bad_batch_id",
    { body: batch([view], { id: "A".repeat(32) }) },
    {
      because: "One form only, so that no two forms are one id.",
    },
  ),
  refusal(
    "an instant beyond what a date can be",
    422,
    "bad_batch",
    { body: batch([view], { sentAt: 8.64e15 + 1 }) },
    {
      because: "The batch has the only time; events have none.",
    },
  ),
  refusal("a time as text", 422, "bad_batch", { body: batch([view], { sentAt: "now" }) }),
  judged("a page whose clock says 1970", [view], 1, [], {
    change: { sentAt: 0 },
    because: "Nothing is counted by a page's clock.",
  }),
];

const access: readonly HostileCase[] = [
  refusal("no key", 401, "bad_key", { target: "/collect", headers: gzip, body: bomb.subarray(0, 10_000) }),
  refusal("a key that is wrong by a letter", 401, "bad_key", { target: "/collect?key=pk_shop_0123456788" }),
  refusal("a key of another app", 401, "bad_key", { target: "/collect?key=pk_other_0123456789" }),
  refusal("an origin that is not listed", 403, "origin_denied", {
    headers: { Origin: "https://evil.example" },
  }),
  refusal("no origin", 403, "origin_denied", { headers: { Origin: undefined } }),
  refusal("the host as origin", 403, "origin_denied", { headers: { Origin: "http://rum.example" } }),
  refusal("a form of another site", 403, "origin_denied", {
    headers: { Origin: "https://evil.example", "Content-Type": "text/plain" },
  }),
  {
    title: "a preflight of another site",
    bytes: request({ method: "OPTIONS", headers: { Origin: "https://evil.example" }, body: "" }),
    status: 204,
    added: {},
  },
];

/** All of them, by what they try. */
export const tables: Readonly<Record<string, readonly HostileCase[]>> = {
  framing,
  "size and coding": sizes,
  "text and JSON": texts,
  values,
  "identity and time": identity,
  access,
};
