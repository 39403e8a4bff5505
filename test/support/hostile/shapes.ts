/**
 * Shapes of requests that may be expensive to read: a wrapper that a route takes, filled with units up to the largest
 * body that is read. What a search for the most expensive request goes through.
 */
import { hash } from "node:crypto";
import { gzipSync } from "node:zlib";

/** A request of a stranger. */
export interface Shape {
  readonly title: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

const id = "f".repeat(32);
let ids = 0;
const nextId = (): string => (ids += 1).toString(16).padStart(32, "0");

const keys = (count: number, value: string, name = "k"): string =>
  `{${Array.from({ length: count }, (_, index) => `"${name}${index}":${value}`).join()}}`;
const text = (length: number, part: string): string =>
  part.repeat(Math.ceil(length / part.length)).slice(0, length);
const frame =
  "    at render (https://shop.example/assets/index-4f2a91bc.js?user=anna@example.org:1:10482)\\n";

/** Values of JSON that a parser, a schema or a scrubber may take long over. */
const UNITS: Readonly<Record<string, string>> = {
  "empty objects": "{}",
  "empty arrays": "[]",
  nulls: "null",
  zeros: "0",
  "long numbers": `1${"0".repeat(300)}.${"1".repeat(300)}e-300`,
  "denormal numbers": "4.9406564584124654e-324",
  "empty texts": '""',
  "escaped texts": `"${"\\u0000".repeat(40)}"`,
  "half surrogates": `"${"\\ud800".repeat(40)}"`,
  "long texts": `"${text(2_048, "x1@ ")}"`,
  "texts of other letters": `"${text(1_000, "ü漢😀")}"`,
  "nested arrays": "[[[[[1]]]]]",
  "nested objects": '{"a":{"a":{"a":{"a":{}}}}}',
  "objects of 64 keys": keys(64, "1"),
  "objects of 64 numbers as keys": keys(64, "1", ""),
  "objects of 64 bad values": keys(64, "[]"),
};

/** Events, reports and items: right, nearly right, and wrong at the last place. */
const PARTS: Readonly<Record<string, string>> = {
  "page views": '{"type":"page_view","route":"/product/1"}',
  "long routes": `{"type":"page_view","route":"/${text(2_000, "a1b2/")}"}`,
  "actions with bad details": `{"type":"action","name":"add","details":${keys(60, "[]")}}`,
  "actions that are wrong at the last detail": `{"type":"action","name":"add","details":{${keys(60, "1").slice(1, -1)},"z":[]}}`,
  "actions with many details": `{"type":"action","name":"add","details":${keys(60, `"${text(60, "card 4111 1111 ")}"`)}}`,
  "unknown actions": `{"type":"action","name":"${text(128, "name")}"}`,
  "label values that are unknown": '{"type":"action","name":"add","details":{"category":"x"}}',
  "unknown types": '{"type":"teleport"}',
  "wrong vitals": '{"type":"LCP","value":null,"route":"/"}',
  "wrong loads": `{"type":"page_load","dns":1,"connect":1,"load":-1}`,
  "calls of long addresses": `{"type":"api_call","value":1,"name":"https://a.example/${text(2_000, "x1/y-2/")}"}`,
  "errors with stacks": `{"type":"error","source":"uncaught","name":"TypeError","message":"${text(400, "id 4711 a@b.cc ")}","stack":"${text(8_000, frame)}"}`,
  "errors with short stacks": `{"type":"error","source":"uncaught","name":"E","message":"m","stack":"${frame}"}`,
  "errors of long messages": `{"type":"error","source":"uncaught","name":"E","message":"${text(2_048, "https://u:p@h.example/?a=b&c=4111111111111111 10.1.2.3 ")}"}`,
  "claims of money": '{"type":"conversion","name":"wish","details":{"value":"1e3","currency":"USD"}}',
  "reports of violations": `{"type":"csp-violation","url":"https://shop.example/a","body":{"effectiveDirective":"script-src","blockedURL":"https://x.example/${text(300, "a?b=c&")}","disposition":"enforce"}}`,
  "reports of long addresses": `{"type":"crash","url":"https://shop.example/${text(2_400, "%41/../é/")}"}`,
  "reports of long hosts": `{"type":"crash","url":"https://${text(2_400, "xn--a-.é.")}"}`,
  "reports without an address": '{"type":"crash","url":"x","body":null}',
  "items with bad tags": `{"name":"queue.depth","value":1,"tags":${keys(60, "[]")}}`,
  "undeclared items": '{"name":"queue.depth","value":1,"tags":{"a":"b"}}',
  "items without a number": '{"name":"queue.depth"}',
};

/** Bodies of a route around what fills them. */
const WRAPPERS: Readonly<Record<string, readonly [title: string, wrap: (filling: string) => string][]>> = {
  "/collect": [
    ["events", (filling) => batchOf(`"events":[${filling}]`)],
    ["a key that is not known", (filling) => batchOf(`"events":[{"type":"heartbeat"}],"later":[${filling}]`)],
    ["a context", (filling) => batchOf(`"events":[{"type":"heartbeat"}],"context":{"a":[${filling}]}`)],
    ["an array", (filling) => `[${filling}]`],
    ["an array that ends too early", (filling) => `[${filling}`],
  ],
  "/reports": [
    ["reports", (filling) => `[${filling}]`],
    [
      "one report",
      (filling) => `{"csp-report":{"document-uri":"https://shop.example/","later":[${filling}]}}`,
    ],
  ],
  "/ingest": [
    ["items", (filling) => `{"items":[${filling}]}`],
    ["an array", (filling) => `[${filling}]`],
  ],
};

function batchOf(rest: string): string {
  return `{"v":1,"id":"${nextId()}","session":"${id}","sentAt":1,"seq":0,${rest}}`;
}

/** Bytes of a plain body, and of one that is inflated, as the limits have them. */
const PLAIN_BYTES = 65_000;
const INFLATED_BYTES = 261_000;

/** Bytes that no compression takes away: a body that shrinks to less than a hundredth is refused as a bomb. */
const NOISE = Array.from({ length: 90 }, (_, index) => hash("sha256", String(index), "base64")).join("");

/** The parts of a random choice of a shape. */
export interface Genes {
  readonly path: keyof typeof WRAPPERS;
  readonly wrapper: number;
  /** Names of units and parts, which follow one another. */
  readonly units: readonly string[];
  readonly gzip: boolean;
  /** The maximum number of units. */
  readonly most: number;
}

const ALL: Readonly<Record<string, string>> = { ...UNITS, ...PARTS };
export const UNIT_NAMES = Object.keys(ALL);
export const PATHS = ["/collect", "/collect/validate", "/reports", "/ingest"] as const;

/** The number of ways to fill the body of a route. */
export function wrappersOf(path: string): readonly (readonly [string, (filling: string) => string])[] {
  return WRAPPERS[path === "/collect/validate" ? "/collect" : path] ?? [];
}

/** Makes a request, with a new id each time. */
export function toShape({ path, wrapper, units, gzip, most }: Genes, secret: string): Shape {
  const [title, wrap] = wrappersOf(path)[wrapper]!;
  const chosen = units.map((name) => ALL[name]!);
  const bytes = gzip ? INFLATED_BYTES : PLAIN_BYTES;
  const filling: string[] = gzip ? [`"${NOISE}"`] : [];
  let length = gzip ? NOISE.length + 2 : 0;
  for (let at = 0; filling.length < most; at += 1) {
    const unit = chosen[at % chosen.length]!;
    length += Buffer.byteLength(unit) + 1;
    if (length > bytes - 400) break;
    filling.push(unit);
  }
  const body = Buffer.from(wrap(filling.join()));
  const isOne = path === "/reports" && wrapper === 1;
  return {
    title: `${title} of ${units.join(" and ")}, ${filling.length}${gzip ? ", gzip" : ""}`,
    method: "POST",
    target: path,
    headers: {
      ...(path === "/ingest" ? { authorization: `Bearer ${secret}` } : { origin: "https://shop.example" }),
      "content-type":
        path === "/reports" ? `application/${isOne ? "csp-report" : "reports+json"}` : "application/json",
      ...(gzip && { "content-encoding": "gzip" }),
    },
    body: gzip ? gzipSync(body) : body,
  };
}

/** Every route with every wrapper, filled with one kind of unit, in numbers around the limits. */
export function* everyShape(): Generator<Genes> {
  for (const path of PATHS)
    for (const wrapper of wrappersOf(path).keys())
      for (const unit of UNIT_NAMES)
        for (const gzip of [false, true])
          for (const most of [200, 1_000_000]) yield { path, wrapper, units: [unit], gzip, most };
}

const RIGHT: Readonly<Record<string, string>> = {
  details: `{"type":"action","name":"add","details":{"category":"books",${keys(30, '""').slice(1)}}`,
  texts: `{"type":"action","name":"add","details":{"category":"books",${keys(30, '"aa"').slice(1)}}`,
  name: '{"type":"action","name":"add","details":{"category":"books"}}',
  vital: '{"type":"LCP","value":1.25,"route":"/"}',
  view: '{"type":"page_view","route":"/","count":1,"experience":"good"}',
  error: `{"type":"error","source":"uncaught","name":"E","message":"m","stack":"${text(300, frame)}"}`,
};

/** Events that are counted, and what must be written into them so that as many bytes are refused. */
const REFUSED: readonly (readonly [title: string, right: string, from: string, to: string])[] = [
  ["details that are null", RIGHT["texts"]!, ':"aa"', ":null"],
  ["details with bad values", RIGHT["details"]!, ':""', ":[]"],
  ["the last detail", RIGHT["details"]!, ':""}', ":[]}"],
  ["a missing label", RIGHT["details"]!, "category", "kategory"],
  ["a label's value", RIGHT["name"]!, "books", "xooks"],
  ["an unknown name", RIGHT["name"]!, '"add"', '"adx"'],
  ["an unknown type", RIGHT["name"]!, "action", "aktion"],
  ["a vital that is null", RIGHT["vital"]!, "1.25", "null"],
  ["a count of 0", RIGHT["view"]!, '"count":1', '"count":0'],
  ["an unknown word", RIGHT["view"]!, '"good"', '"goof"'],
  ["an unknown source", RIGHT["error"]!, "uncaught", "umcaught"],
];

/** Pairs of batches of as many bytes: one whose events are refused, one whose events are counted. */
export const REFUSALS = REFUSED.map(([title, right, from, to]) => {
  const events = (event: string): string =>
    batchOf(
      `"events":[${Array.from({ length: Math.min(200, Math.floor(60_000 / event.length)) }, () => event).join()}]`,
    );
  return { title, accepted: () => events(right), refused: () => events(right.replaceAll(from, to)) };
});

/** A batch as pages of the origin that may report send it. */
export function toBatch(body: string): Shape {
  const headers = { origin: "https://shop.example", "content-type": "application/json" };
  return { title: "batch", method: "POST", target: "/collect", headers, body: Buffer.from(body) };
}

/** Requests without a body, with the longest heads that a server takes (16 KiB). */
export const HEADS: readonly Shape[] = [
  ["/metrics", { accept: text(14_000, "text/*;q=0.3, application/openmetrics-text;version=1.0.0;q=0.01,") }],
  [`/metrics?${text(14_000, "name[]=a&")}`, {}],
  ["/metrics", { "accept-encoding": text(14_000, "gzip;q=0.5, br,") }],
  ["/api/rumkit/errors?order=frequent&limit=500", {}],
  ["/api/rumkit/cardinality", {}],
  ["/collect/funnels", { origin: "https://shop.example" }],
  ["/api/rumkit/openapi.json", {}],
  ["/realtime", { "accept-language": text(14_000, "en;q=0.1,") }],
  [`/realtime/assets/${text(14_000, "%2e%2e%2f")}`, {}],
  [`/${text(14_000, "a/")}`, { "x-forwarded-for": text(1_000, "10.0.0.1, ") }],
  [`/healthz?${text(14_000, "%zz&")}`, {}],
  ["/readyz", { cookie: text(14_000, "a=b; ") }],
].map(([target, headers]) => ({
  title: `GET ${(target as string).slice(0, 40)}`,
  method: "GET",
  target: target as string,
  headers: headers as Record<string, string>,
  body: undefined,
}));
