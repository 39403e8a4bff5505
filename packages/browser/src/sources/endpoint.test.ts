import { describe, expect, onTestFinished, test } from "vitest";
import type { SourceContext } from "../contract/source.ts";
import { endpointOf } from "./endpoint.ts";

/** The name of a request to this address, of a page at `location.origin`. */
function nameOf(address: string, options: object = {}, isRead = true): string | undefined {
  return endpointOf({ options: { url: "/collect", ...options } } as SourceContext, address, isRead);
}

describe("a request is named by", () => {
  test.each([
    ["/api/a", "/api/a"],
    ["api/a", "/api/a"],
    ["/api/a?secret=1#x", "/api/a"],
    [`${location.origin}/api/a`, "/api/a"],
    ["https://api.example/v1/a?key=1", "https://api.example/v1/a"],
    ["//api.example/a", `${location.protocol}//api.example/a`],
    ["https://user:password@api.example/a", "https://api.example/a"],
    ["/collector", "/collector"],
    ["/collect.php", "/collect.php"],
  ])("%s: %s", (address, name) => {
    expect(nameOf(address)).toBe(name);
  });
});

test("an address is relative to the base of the document, as the browser reads it", () => {
  document.head.innerHTML = `<base href="/app/">`;
  onTestFinished(() => {
    document.head.innerHTML = "";
  });
  expect(nameOf("api/a")).toBe("/app/api/a");
  expect(nameOf("/api/a")).toBe("/api/a");
  expect(nameOf("collect", { url: "collect" })).toBeUndefined();
});

describe("no API call is", () => {
  test.each([
    ["the collector", "/collect"],
    ["what is below it", "/collect/funnels?key=1"],
    ["the collector with a key", "/collect?key=1"],
    ["data of the page itself", "data:text/plain,secret"],
    ["a blob", "blob:https://shop.example/1"],
    ["an extension's file", "chrome-extension://abc/x.js"],
    ["an invalid address", "http://"],
    ["page data of Next.js", "/a?_rsc=1"],
    ["page data of React Router", "/a.data"],
    ["page data of SvelteKit", "/a/__data.json"],
  ])("%s", (_what, address) => {
    expect(nameOf(address)).toBeUndefined();
  });

  test("what the app leaves out, each time: a pattern with a place in it is tested alike", () => {
    const options = { ignoreUrls: [/\/health$/g, /^https:\/\/maps\.example\//] };
    for (let times = 0; times < 3; times += 1) {
      expect(nameOf("/health", options)).toBeUndefined();
      expect(nameOf("https://maps.example/tile?x=1", options)).toBeUndefined();
      expect(nameOf("/healthy", options)).toBe("/healthy");
    }
  });

  test("what is sent to another collector of the client", () => {
    const options = { url: "https://rum.example/collect?key=1" };
    expect(nameOf("https://rum.example/collect?key=2", options)).toBeUndefined();
    expect(nameOf("https://rum.example/api", options)).toBe("https://rum.example/api");
    expect(nameOf("/collect", options)).toBe("/collect");
  });
});

test("a write to page data is a call of the app", () => {
  expect(nameOf("/orders.data", {}, false)).toBe("/orders.data");
  expect(nameOf("/collect", {}, false)).toBeUndefined();
});
