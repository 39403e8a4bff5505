import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createScrubber } from "./createScrubber.ts";

const { text: scrub, details } = createScrubber();

describe("what is personal or secret goes", () => {
  test.each([
    ["GET https://a.example/cart?user=ann&x=1#top failed", "GET https://a.example/cart failed"],
    ["at f (https://a.example/app.js?token=abc:10:5)", "at f (https://a.example/app.js:10:5)"],
    ["f@https://a.example/app.js?v=1#a:10:5", "f@https://a.example/app.js:10:5"],
    ["/orders?email=ann%40mail.example", "/orders"],
    ["cart.html?user=Ann", "cart.html"],
    ["Failed to fetch 'https://a.example/?q=1'", "Failed to fetch 'https://a.example/'"],
    ["no user ann.lee+shop@mail.example here", "no user [email] here"],
    ["user ann%40mail.example", "user [email]"],
    ["https://ann:pass@shop.example/", "https://[email]/"],
    ["mail jörg@bücher.example", "mail [email]"],
    ["Authorization: Bearer abcdef123", "Authorization: Bearer [secret]"],
    ["sent Bearer abcdefgh today", "sent Bearer [secret] today"],
    ['{"password":"hunter2","n":1}', '{"password":"[secret]","n":1}'],
    ["accessToken=abc&b=2", "accessToken=[secret]&b=2"],
    ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N end", "jwt [token] end"],
    ["key sk_live_abcdefghijklmnop", "key [token]"],
    ["key AKIAIOSFODNN7EXAMPLE", "key [token]"],
    ["session 0123456789abcdef0123456789abcdef", "session [token]"],
    ["id 0b9f8e1c-3a52-4a0e-9f3c-1d2e3f405162", "id [token]"],
    ["q83vEjRWeJq83vEjRWeJqw+/8A== x", "[token] x"],
    ["card 4111 1111 1111 1111 refused", "card [card] refused"],
    ["card 5500-0000-0000-0004", "card [card]"],
    ["order 12 4111 1111 1111 1111", "order [card]"],
    ["from 203.0.113.9:4711 and 2001:db8::1", "from [ip]:4711 and [ip]"],
  ])("%s", (from, to) => {
    expect(scrub(from)).toBe(to);
  });
});

test.each([
  "Cannot read properties of undefined (reading 'price')",
  "Really? Why not?! a?.b ?? c",
  "Unexpected token '<', \"<!doctype \"... is not valid JSON",
  "Cannot read private member #items from an object",
  "at Cart.total (/assets/index-DqX8aB3f.js:2:10451)",
  "CheckoutSummary-B1c2D3e4.js",
  "/static/vendors-node_modules_react-dom-3f2a91bc3f2a91bc3f2a.js",
  "fn@https://a.example/app.js:1:2",
  "/node_modules/@vite/client react@18.2.0",
  "CheckoutPaymentProviderComponentFactory2",
  "at 10:30:12 on 2026-11-21",
  "1999 of 12345678 items, release 1.2.3",
  "add_to_cart",
  "",
])("%s stays", (text) => {
  expect(scrub(text)).toBe(text);
});

test("keys that name a secret or a person hide their values, and so do numbers that may be a card's", () => {
  expect(
    details({
      password: "x",
      access_token: "y",
      Email: "z",
      price: 1999,
      card_no: 4111111111111111,
      ok: true,
    }),
  ).toEqual({
    password: "[scrubbed]",
    access_token: "[scrubbed]",
    Email: "[scrubbed]",
    price: 1999,
    card_no: "[card]",
    ok: true,
  });
  expect(details(JSON.parse('{"__proto__":"ann@mail.example"}') as Record<string, string>)).toEqual(
    JSON.parse('{"__proto__":"[email]"}'),
  );
});

test("patterns and keys of the app's own are added", () => {
  const own = createScrubber({ patterns: [/\bCU-\d+/], keys: ["customer-name"] });
  expect(own.text("CU-1 and CU-22 at a@b.example")).toBe("[scrubbed] and [scrubbed] at [email]");
  expect(own.details({ customerName: "Ann", other: "Ann" })).toEqual({
    customerName: "[scrubbed]",
    other: "Ann",
  });
});

describe("whatever is around it", () => {
  const around = fc.string({ maxLength: 20 });
  const inText = (secret: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.tuple(around, secret, around).map(([before, it, after]) => `${before} ${it} ${after}`);

  test("no card number survives", () => {
    const separator = fc.constantFrom("", " ", "-");
    const card = fc
      .tuple(fc.array(fc.nat(9), { minLength: 12, maxLength: 18 }), separator)
      .map(([digits, sign]) => {
        const all = [...digits, (10 - (luhnSum([...digits, 0]) % 10)) % 10];
        return all.map((digit, index) => (index > 0 && index % 4 === 0 ? `${sign}${digit}` : digit)).join("");
      });
    fc.assert(
      fc.property(inText(card), (text) => !hasCard(scrub(text))),
      { numRuns: 400 },
    );
  });

  test("no e-mail address survives", () => {
    // A slash before the at sign is a path: `/node_modules/@scope`.
    const email = fc.emailAddress().filter((address) => !address.includes("/@"));
    // Only one at sign: another one with `[` before it looks like a second address.
    const withOne = inText(email).filter((text) => text.split("@").length === 2);
    fc.assert(
      fc.property(withOne, (text) => !/[^\s/]@[\w-]+(\.[\w-]+)*\.[a-z]{2}/i.test(scrub(text))),
      { numRuns: 400 },
    );
  });

  test("no query survives", () => {
    const url = fc.webUrl({ withQueryParameters: true, withFragments: true });
    fc.assert(
      fc.property(inText(url), (text) => !/\/[^\s"<>`]*\?[^\s"<>`]{10}/.test(scrub(text))),
      {
        numRuns: 60,
      },
    );
  });

  test("no key of 32 hexadecimal digits or more survives", () => {
    const key = fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 32, maxLength: 80 });
    const hex = key.map((digits) => digits.map((digit) => digit.toString(16)).join(""));
    fc.assert(
      fc.property(inText(hex), (text) => !/[\da-f]{32}/.test(scrub(text))),
      { numRuns: 400 },
    );
  });

  test("what is scrubbed stays as it is when it is scrubbed again", () => {
    fc.assert(
      fc.property(inText(fc.oneof(fc.emailAddress(), fc.webUrl({ withQueryParameters: true }))), (text) => {
        expect(scrub(scrub(text))).toBe(scrub(text));
      }),
      { numRuns: 200 },
    );
  });
});

test.each([
  "@",
  "%40",
  "?",
  "#a",
  "1",
  "1 ",
  "a@",
  "a.",
  "=",
  ":",
  "token=",
  "Bearer ",
  "/?",
  "-",
  "eyJ",
  "a1",
  "::",
  "' ",
])("a quarter of a megabyte of %j takes time in proportion", (piece) => {
  const text = piece.repeat(250_000 / piece.length);
  const start = process.cpuUsage();
  scrub(text);
  scrub(`x@${text}`);
  scrub(`/a?${text}:1:1`);
  // Some ten milliseconds; a search that goes back and forth takes minutes.
  expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
});

function luhnSum(digits: readonly number[]): number {
  return digits.toReversed().reduce((sum, digit, index) => {
    const value = index % 2 === 1 ? digit * 2 : digit;
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
}

/** Another way to find them than the scrubber's: every window of every run of digits. */
function hasCard(text: string): boolean {
  return text
    .split(/[^\d -]+/)
    .map((run) => Array.from(run.replace(/\D/g, ""), Number))
    .some((digits) =>
      digits.some((_, start) =>
        [13, 14, 15, 16, 17, 18, 19].some(
          (length) =>
            start + length <= digits.length && luhnSum(digits.slice(start, start + length)) % 10 === 0,
        ),
      ),
    );
}
