import { describe, expect, test } from "vitest";
import { createHostPolicy } from "../access/access.ts";
import type { CollectError } from "./collectError.ts";
import { createOriginPolicy, type OriginPolicy, type RequestOrigin } from "./originPolicy.ts";

const policy = createOriginPolicy(["https://shop.example"], { own: "any" });

function decide(asked: OriginPolicy, request: Partial<RequestOrigin>): string {
  try {
    return (
      asked({ origin: undefined, host: "rum.example", fetchSite: undefined, ...request })?.origin ?? "own"
    );
  } catch (error) {
    return (error as CollectError).code;
  }
}

test.each([
  ["the collector's own host", "https://rum.example", "own"],
  ["a listed origin", "https://shop.example", "https://shop.example"],
  ["another origin", "https://evil.example", "origin_denied"],
  ["a listed origin over http", "http://shop.example", "origin_denied"],
  ["a listed origin on another port", "https://shop.example:8443", "origin_denied"],
  ["a name that starts with the host", "https://rum.example.evil", "origin_denied"],
  ["a subdomain of a listed origin", "https://app.shop.example", "origin_denied"],
  ["a subdomain of the own host", "https://app.rum.example", "origin_denied"],
  ["the own host on another port", "https://rum.example:8443", "origin_denied"],
  ["an app on the own host's name", "capacitor://rum.example", "origin_denied"],
  ["a sandboxed frame", "null", "origin_denied"],
  ["nonsense", "x", "origin_denied"],
  ["no origin at all", undefined, "origin_denied"],
])("%s", (_who, origin, verdict) => {
  expect(decide(policy, { origin })).toBe(verdict);
});

describe("a page of the collector's own host", () => {
  test.each<[string, Partial<RequestOrigin>]>([
    ["whose origin is missing", { fetchSite: "same-origin" }],
    ["whose origin a referrer policy hides", { origin: "null", fetchSite: "same-origin" }],
    [
      "behind a proxy that sends another Host on",
      { origin: "https://shop.test", host: "127.0.0.1:4000", fetchSite: "same-origin" },
    ],
    ["behind a proxy that keeps a default port", { origin: "https://shop.test", host: "shop.test:443" }],
    ["the same over http", { origin: "http://shop.test", host: "SHOP.test:80" }],
    ["on a separate port", { origin: "http://shop.test:8080", host: "shop.test:8080" }],
    ["at an IPv6 address", { origin: "http://[::1]:4000", host: "[::1]:4000" }],
    [
      "behind a trusted proxy that says what it was asked for",
      { origin: "https://shop.test", host: "collector:4000", forwardedHost: "shop.test" },
    ],
    ["in a browser that sends Referer and no Origin", { referer: "https://rum.example/a?b" }],
  ])("%s counts", (_what, request) => {
    expect(decide(policy, request)).toBe("own");
  });

  test.each<[string, Partial<RequestOrigin>]>([
    ["a subdomain", { origin: "null", fetchSite: "same-site" }],
    ["another site", { origin: "null", fetchSite: "cross-site" }],
    ["what a user typed", { origin: "null", fetchSite: "none" }],
    ["a browser too old to say", { origin: "null" }],
    ["another site by Referer", { referer: "https://evil.example/rum.example" }],
    ["an invalid Referer", { referer: "rum.example" }],
    ["the wrong default port", { origin: "https://rum.example", host: "rum.example:80" }],
    ["a host that only a stranger forwards", { origin: "https://shop.test", host: "rum.example" }],
  ])("%s is not the own page", (_what, request) => {
    expect(decide(policy, request)).toBe("origin_denied");
  });
});

describe("what can be listed", () => {
  test.each([
    ["an app of Capacitor", "capacitor://localhost", "capacitor://localhost"],
    ["an app of Ionic", "ionic://localhost", "ionic://localhost"],
    ["an app of Tauri", "tauri://localhost", "tauri://localhost"],
    ["an app of Electron", "app://.", "app://."],
    ["another one", "app://shop/", "app://shop"],
    ["an extension", "chrome-extension://abcdefghijklmnop", "chrome-extension://abcdefghijklmnop"],
    ["an extension of Safari", "safari-web-extension://AB-12", "safari-web-extension://AB-12"],
    ["every installation of an extension of Firefox", "moz-extension://*", "moz-extension://0f3c-4b"],
    ["files of a web view", "file://", "file://"],
    ["files and sandboxed frames", "null", "null"],
    ["upper case", "HTTPS://Shop.Example", "https://shop.example"],
    ["a slash at the end", "https://shop.example/", "https://shop.example"],
    ["a default port", "https://shop.example:443", "https://shop.example"],
    ["a default port of http", "http://shop.example:80/", "http://shop.example"],
    ["another port", "http://localhost:5173", "http://localhost:5173"],
    ["space around it", " https://shop.example ", "https://shop.example"],
    ["letters that are not ASCII", "https://bücher.example", "https://xn--bcher-kva.example"],
    ["an IPv6 address", "http://[0:0::1]:4000", "http://[::1]:4000"],
    ["a subdomain", "https://*.shop.example", "https://app.shop.example"],
    ["a subdomain of a subdomain", "https://*.shop.example", "https://a.b.shop.example"],
    ["a subdomain in upper case", "HTTPS://*.Shop.Example/", "https://app.shop.example"],
    ["a subdomain on a port", "https://*.shop.example:8443", "https://app.shop.example:8443"],
    ["a subdomain with a default port", "https://*.shop.example:443", "https://app.shop.example"],
    ["a subdomain of loopback", "http://*.localhost:5173", "http://app.localhost:5173"],
    [
      "a subdomain whose letters are not ASCII",
      "https://*.bücher.example",
      "https://a.xn--bcher-kva.example",
    ],
  ])("%s: %s", (_what, entry, origin) => {
    expect(decide(createOriginPolicy([entry], { own: "any" }), { origin })).toBe(origin);
  });

  test.each([
    ["the host itself", "https://*.shop.example", "https://shop.example"],
    ["a host that only ends alike", "https://*.shop.example", "https://evilshop.example"],
    ["a host that goes on", "https://*.shop.example", "https://a.shop.example.evil"],
    ["another scheme", "https://*.shop.example", "http://a.shop.example"],
    ["another port", "https://*.shop.example", "https://a.shop.example:8443"],
    ["a missing port", "https://*.shop.example:8443", "https://a.shop.example"],
    ["a path that ends alike", "https://*.shop.example", "https://evil.test/.shop.example"],
    ["a user who ends alike", "https://*.shop.example", "https://evil.test@a.shop.example"],
    ["a port that ends alike", "https://*.shop.example", "https://evil.test:80.shop.example"],
    ["an empty label", "https://*.shop.example", "https://.shop.example"],
    ["the pattern itself", "https://*.shop.example", "https://*.shop.example"],
    ["another extension", "chrome-extension://abcdefghijklmnop", "chrome-extension://ponmlkjihgfedcba"],
    ["an extension of another browser", "moz-extension://*", "chrome-extension://abcdefghijklmnop"],
    ["files, where a file's word is listed", "file://", "null"],
  ])("%s is not %s: %s", (_what, entry, origin) => {
    expect(decide(createOriginPolicy([entry], { own: "any" }), { origin })).toBe("origin_denied");
  });

  test("credentials are for what is listed itself", () => {
    const listed = createOriginPolicy(["https://shop.example", "https://*.shop.example", "null"], {
      own: "any",
    });
    const isExact = (origin: string) => listed({ origin, host: "x", fetchSite: undefined })?.isExact;
    expect([isExact("https://shop.example"), isExact("https://a.shop.example"), isExact("null")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test.each([
    "",
    "*",
    "shop.example",
    "localhost:3000",
    "https://shop.example/path",
    "https://shop.example?a",
    "https://user@shop.example",
    "https://",
    "https://*",
    "https://*.com",
    "https://*.0.0.1",
    "https://shop.*",
    "https://a.*.shop.example",
    "https://a*.shop.example",
    "https://*shop.example",
    "https://*.*.shop.example",
    "https://*.shop.example:*",
    "*://shop.example",
    "*.shop.example",
    "chrome-extension://*",
    "capacitor://*.localhost",
    "wss://shop.example",
    "blob:https://shop.example",
    "data:text/html,x",
  ])("%j is refused at start", (entry) => {
    expect(() => createOriginPolicy([entry], { own: "any" })).toThrow("Write scheme, host and port");
  });
});

describe("where keys decide, and the host of a request does not", () => {
  const strict = createOriginPolicy(["https://shop.example"], { own: createHostPolicy(["collector"]) });
  const hidden = { origin: "null", fetchSite: "same-origin" };

  test.each<[string, Partial<RequestOrigin>, string]>([
    [
      "a named origin that is not listed",
      { origin: "https://rum.example", fetchSite: "same-origin" },
      "origin_denied",
    ],
    ["a hidden origin of a listed host", { ...hidden, host: "shop.example" }, "own"],
    ["a missing one of a listed host", { ...hidden, origin: undefined, host: "shop.example:443" }, "own"],
    ["a hidden origin behind a proxy that sends an address on", { ...hidden, host: "127.0.0.1:4000" }, "own"],
    [
      "a hidden origin behind a proxy that sends a name of ours on",
      { ...hidden, host: "collector:4000" },
      "own",
    ],
    ["a hidden origin behind a trusted proxy", { ...hidden, forwardedHost: "shop.example" }, "own"],
    ["a hidden origin of a name that was led here", { ...hidden, host: "evil.example" }, "origin_denied"],
    ["a hidden origin of no host", { ...hidden, host: undefined }, "origin_denied"],
    [
      "a hidden origin of another site",
      { ...hidden, fetchSite: "cross-site", host: "shop.example" },
      "origin_denied",
    ],
  ])("%s", (_what, request, verdict) => {
    expect(decide(strict, request)).toBe(verdict);
  });
});

test("a refusal says what to add, and where", () => {
  const message = (request: Partial<RequestOrigin>, listName?: string): string => {
    try {
      createOriginPolicy([], { own: () => false, ...(listName && { listName }) })({
        origin: undefined,
        host: undefined,
        fetchSite: undefined,
        ...request,
      });
      return "";
    } catch (error) {
      return (error as CollectError).message;
    }
  };
  expect(message({ origin: "https://a.example" })).toBe(
    "Pages of https://a.example may not report here. Add the origin to allowedOrigins.",
  );
  expect(message({ origin: "https://a.example" }, 'the origins of the write key "web"')).toContain(
    'Add the origin to the origins of the write key "web".',
  );
  expect(message({ origin: "null" })).toContain("Add null to allowedOrigins");
  expect(message({})).toContain("no Origin header");
});
