/** Ids are distinguished from words and slugs: 10,000 of each kind of id, and what people write into paths. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { templatePath } from "@rumkit/protocol";
import { describe, expect, test } from "vitest";

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = Math.trunc(state + 0x6d2b79f5);
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = seeded(1);
const pick = (items: readonly string[] | string): string => items[Math.floor(random() * items.length)]!;
const drawn = (alphabet: string, length: number): string =>
  Array.from({ length }, () => pick(alphabet)).join("");

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const BASE62 = DIGITS + LOWER + LOWER.toUpperCase();
const BASE64 = `${BASE62}-_`;
const BASE36 = DIGITS + LOWER;
const HEX = "0123456789abcdef";
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Kinds of ids, and the share of 10,000 that is recognized at least: what was seen, rounded down. */
const IDS: [kind: string, share: number, create: () => string][] = [
  ["nanoid", 0.999, () => drawn(BASE64, 21)],
  ["nanoid(16)", 0.99, () => drawn(BASE64, 16)],
  ["nanoid(10)", 0.94, () => drawn(BASE64, 10)],
  ["nanoid(8)", 0.86, () => drawn(BASE64, 8)],
  ["YouTube, 11 of base64url", 0.95, () => drawn(BASE64, 10) + drawn("AEIMQUYcgkosw048", 1)],
  ["UUID", 1, () => [8, 4, 4, 4, 12].map((length) => drawn(HEX, length)).join("-")],
  ["UUID without hyphens", 1, () => drawn(HEX, 32)],
  ["Mongo ObjectId", 1, () => drawn(HEX, 24)],
  ["SHA-1", 1, () => drawn(HEX, 40)],
  ["8 hexadecimal digits", 0.97, () => drawn(HEX, 8)],
  ["7 hexadecimal digits, Git's short hash", 0.88, () => drawn(HEX, 7)],
  ["ULID", 1, () => `01${drawn(CROCKFORD, 24)}`],
  ["cuid", 0.998, () => `cl${drawn(BASE36, 23)}`],
  ["cuid2", 0.998, () => drawn(LOWER, 1) + drawn(BASE36, 23)],
  ["KSUID", 1, () => drawn("012", 1) + drawn(BASE62, 26)],
  ["xid", 0.995, () => `c${drawn(`${DIGITS}abcdefghijklmnopqrstuv`, 19)}`],
  ["Firestore", 1, () => drawn(BASE62, 20)],
  ["Firebase push id", 0.995, () => `-${drawn("MNO", 1)}${drawn(BASE64, 18)}`],
  ["base64url of 32", 1, () => drawn(BASE64, 32)],
  ["Stripe", 0.99, () => `cus_${drawn(BASE62, 14)}`],
  ["TypeID", 1, () => `user_01${drawn(CROCKFORD.toLowerCase(), 24)}`],
  ["Sqids of 8", 0.96, () => drawn(BASE62, 8)],
  ["Sqids of 6", 0.8, () => drawn(BASE62, 6)],
  ["8 of base 36", 0.78, () => drawn(BASE36, 8)],
  ["10 of upper case and digits", 0.9, () => drawn(DIGITS + LOWER.toUpperCase(), 10)],
  ["a slug with a hash behind", 0.99, () => `nice-shoes-${drawn(HEX, 12)}`],
  ["a slug with 8 of base 62 behind", 0.95, () => `nice-shoes-${drawn(BASE62, 8)}`],
  ["numbers", 1, () => String(Math.floor(random() * 1e9))],
];

const isId = (text: string): boolean => templatePath(`/a/${text}`) === "/a/:id";

test.each(IDS)("of 10,000 %s a share of %d is recognized at least", (_kind, share, create) => {
  const ids = Array.from({ length: 10_000 }, create);
  expect(ids.filter(isId).length / ids.length).toBeGreaterThanOrEqual(share);
});

const require = createRequire(import.meta.url);
const words = (require("an-array-of-english-words") as string[]).filter((text) => text.length > 1);
/** Words as people know them, not the longest of a dictionary. */
const usual = words.filter((word) => word.length <= 9);
const word = (): string => pick(usual);
const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);
const wordsOf = (least: number, most: number): string[] =>
  Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, word);

/** Texts other than ids, and the share of 10,000 that may be taken for one. */
const NONE: [kind: string, share: number, create: () => string][] = [
  ["words", 0.0002, () => pick(words)],
  ["words with a capital", 0.0002, () => capital(word())],
  ["words in capitals", 0.0002, () => word().toUpperCase()],
  ["slugs of two to seven words", 0.0002, () => wordsOf(2, 7).join("-")],
  ["snake case", 0.0002, () => wordsOf(2, 4).join("_")],
  ["title case", 0.0002, () => wordsOf(2, 5).map(capital).join("-")],
  ["camel case of two words", 0.001, () => word() + capital(word())],
  ["camel case of three words", 0.005, () => word() + capital(word()) + capital(word())],
  ["words with a number", 0.002, () => `${word()}${Math.floor(random() * 3000)}`],
  ["slugs with a year", 0.0002, () => `${wordsOf(1, 4).join("-")}-${1900 + Math.floor(random() * 200)}`],
  [
    "measures",
    0.0002,
    () => `${word()}-${Math.floor(random() * 500)}${pick(["gb", "ml", "kg", "px", "mm"])}`,
  ],
  ["files", 0.0002, () => `${word()}${pick([".html", ".pdf", ".json", ".min.js", ".php"])}`],
];

test.each(NONE)("of 10,000 %s a share of %d is taken for an id at most", (_kind, share, create) => {
  const texts = Array.from({ length: 10_000 }, create);
  const taken = texts.filter(isId);
  expect(taken.length / texts.length, taken.slice(0, 10).join(" ")).toBeLessThanOrEqual(share);
});

test("of the packages that this repository installs at most one in 200 is taken for an id", () => {
  const lock = readFileSync(join(import.meta.dirname, "../pnpm-lock.yaml"), "utf8");
  const names = new Set(
    Array.from(lock.matchAll(/^ {2}'?(?:@[^/\n]+\/)?([^@\n:']+)@[^\n]*:$/gm), ([, name]) => name!),
  );
  expect(names.size).toBeGreaterThan(500);
  const taken = [...names].filter(isId);
  expect(taken.length / names.size, taken.join(" ")).toBeLessThanOrEqual(0.005);
});

describe("what developers and shops write into paths", () => {
  test.each(
    `iphone15pro iPhone-15-Pro-Max-256GB i18n k8s a11y b2b p2p s3 ec2 oauth2 OAuth2 utf8 base64 base64url sha256 md5 h264
    mp3 web3 covid19 covid-19 4k 3d 2fa 24h 90s 1st 2nd 3rd v1 v2.1 v1beta1 en-US zh_CN sr-Latn-RS es-419 index.html
    robots.txt favicon.ico wp-login.php xmlrpc.php internationalisation getUserById innerHTML XMLHttpRequest McDonalds
    YouTube GitHub PostgreSQL MySQL GraphQL OpenAPI TypeScript iOS macOS eBay PayPal AAPL FAQ rhythm strengths xylophone
    qwerty hello-world the-100-best-games-of-2026 7-habits-of-highly-effective-people 1password playstation5 ps5 xbox360
    rtx4090 gtx-1080-ti ryzen-9-7950x core-i7-12700k ddr5-6000 usb-c hdmi2 wifi6 5g 802.11ac boeing-737 a320neo q4-2026
    2026-q3 week-42 season-2 chapter-12 page-2 page2 step1 mg-zs-ev audi-a4-b9 f150 gpt-4 gpt-4o-mini mixtral-8x7b d3js
    next13 react18 python3 es2021 rfc7231 iso8601 din-a4 abc123 test123 foo2bar a-b-test plan-b vitamin-c x-ray t-shirt
    rechtsschutzversicherung schifffahrt szczecin zhejiang guangzhou ijsselmeer oaxaca reykjavik tbilisi hrvatska krk
    kyrgyzstan lviv nyc hkg html json https pnpm me new edit search`.split(/\s+/),
  )("%s is not an id", (text) => {
    expect(isId(text)).toBe(false);
  });
});

test.each([
  "dQw4w9WgXcQ",
  "NXpIakGPSh-XetZntpnVh",
  "k1-bN7RyaFn_DIYXIDUDg",
  "V1StGXR8_Z5jdHi6B-myT",
  "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  "0ujsswThIGTUYm2K8FjOOfXtY1K",
  "cjld2cjxh0000qzrmn831i7rn",
  "507f1f77bcf86cd799439011",
  "9m4e2mr0ui3e8a215n4g",
  "86Rf07xd4zBmiJXQG6otHEbew02c3PWsUOLZxADhCpKj7aVFv9I8RquYrNlSTM",
  "-OHj7kM2pQx9aZrLw4Ty",
  "cus_NffrFeUfNV2Hib",
  "U02A7BCDEFG",
  "my-story-3f2a9c1b2d4e",
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0",
])("%s is an id", (text) => {
  expect(isId(text)).toBe(true);
});
