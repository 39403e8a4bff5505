import { hash } from "node:crypto";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { createScriptRoutes, scriptIntegrity } from "./scriptRoutes.ts";

const TEXT = `(function(){${"var a=1;".repeat(1_000)}})();`;

function serve(text = TEXT) {
  const routes = createScriptRoutes(text);
  const app = new Hono().get("/rum.js", routes.current).get(`/${routes.pinnedName}`, routes.pinned);
  return { app, ...routes };
}

test("pages of every origin may load it, as a script and nothing else", async () => {
  const { app } = serve();
  const { status, headers } = await app.request("/rum.js");
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("access-control-allow-origin")).toBe("*");
  expect(headers.get("cross-origin-resource-policy")).toBe("cross-origin");
});

test.each([
  ["br, gzip", "br"],
  ["gzip, deflate, br;q=0.9", "br"],
  ["gzip, br;q=0", "gzip"],
  ["GZIP", "gzip"],
  ["br;q=0.000, gzip;q=0", null],
  ["deflate, zstd", null],
  ["", null],
])("what accepts %j gets it as %s", async (accepted, coding) => {
  const response = await serve().app.request("/rum.js", { headers: { "accept-encoding": accepted } });
  expect(response.headers.get("content-encoding")).toBe(coding);
  expect(response.headers.get("vary")).toBe("Accept-Encoding");
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = coding === "br" ? brotliDecompressSync(bytes) : coding === "gzip" ? gunzipSync(bytes) : bytes;
  expect(text.toString()).toBe(TEXT);
});

test("the current version is asked for again soon, by its tag; a pinned one never changes", async () => {
  const { app, pinnedName } = serve();
  expect(pinnedName).toBe(`rum-${hash("sha384", TEXT, "hex").slice(0, 16)}.js`);
  const current = await app.request("/rum.js");
  expect(current.headers.get("cache-control")).toBe("public, max-age=300, stale-while-revalidate=86400");
  const etag = current.headers.get("etag")!;
  for (const asked of [etag, etag.slice(2), `"other", ${etag}`, "*"]) {
    const again = await app.request("/rum.js", { headers: { "if-none-match": asked } });
    expect([again.status, again.headers.get("etag"), await again.text()]).toEqual([304, etag, ""]);
  }
  expect((await app.request("/rum.js", { headers: { "if-none-match": '"other"' } })).status).toBe(200);

  const pinned = await app.request(`/${pinnedName}`);
  expect(pinned.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(await pinned.text()).toBe(TEXT);
  expect(serve(`${TEXT};`).pinnedName).not.toBe(pinnedName);
});

test("its integrity is what browsers compute", () => {
  // Of the specification: https://www.w3.org/TR/SRI/#the-integrity-attribute
  expect(scriptIntegrity("alert('Hello, world.');")).toBe(
    "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO",
  );
});

test("before the first build there is none, and the answer says so", async () => {
  const response = await serve("").app.request("/rum.js");
  expect([response.status, await response.text()]).toEqual([404, "The script is not built.\n"]);
});
