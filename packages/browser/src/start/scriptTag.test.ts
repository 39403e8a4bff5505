import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Network, recordNetwork } from "../../../../test/support/pageNetwork.ts";

let network: Network;

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  network = recordNetwork();
  sessionStorage.clear();
  localStorage.clear();
  history.replaceState(null, "", "/");
});
afterEach(() => {
  (window.rumkit as { stop?: () => void }).stop?.();
  delete window.rumkit;
  document.body.innerHTML = "";
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Runs the file as that of the tag, as a loader does, and lets what waits be sent. */
async function load(attributes: Readonly<Record<string, string>>, global?: unknown): Promise<void> {
  const tag = document.createElement("script");
  // Not loaded: the test has the file.
  tag.type = "text/plain";
  for (const name of Object.keys(attributes)) tag.setAttribute(name, attributes[name]!);
  document.body.append(tag);
  Object.assign(window, { rumkit: global === "tag" ? tag : global });
  await import("./scriptTag.ts");
  await vi.advanceTimersByTimeAsync(6_000);
}

test.each([
  [{ src: "https://rum.example/rum.js" }, "https://rum.example/collect"],
  [{ src: "https://rum.example/a/rum.js?v=1/2#x/y" }, "https://rum.example/a/collect"],
  [{ src: "https://rum.example/rum.js", "data-key": "a b" }, "https://rum.example/collect?key=a%20b"],
  [{ "data-rumkit": "", "data-url": "/in?site=1", "data-key": "k" }, "/in?site=1&key=k"],
  [{ "data-rumkit": "", "data-url": "" }, "/collect"],
])("batches of the tag %o go to %s", async (attributes, url) => {
  await load(attributes);
  expect(network.urls).toEqual([url]);
});

test("unknown attributes have no effect, even if an option has the same name", async () => {
  const others = ["path", "route", "before-send", "on-answer", "sources", "ignore-urls", "src", "name"];
  await load({ "data-rumkit": "", ...Object.fromEntries(others.map((name) => [`data-${name}`, "x"])) });
  expect(network.counts()).toMatchObject({ page_view: 1, session_start: 1 });
  expect(network.batches[0]!.dropped).toBeUndefined();
});

test.each([
  ["nothing", undefined],
  ["the tag itself, which has this id", "tag"],
  ["the stub", { q: [] }],
])("a page whose `rumkit` is %s has a client", async (_what, global) => {
  await load({ "data-rumkit": "", id: "rumkit" }, global);
  expect(network.counts()).toMatchObject({ page_view: 1 });
});

test("a second file does not replace the client of the first", async () => {
  await load({ "data-rumkit": "" });
  const client = window.rumkit;
  vi.resetModules();
  await load({ "data-rumkit": "" }, client);
  expect(window.rumkit).toBe(client);
  expect(network.counts()).toMatchObject({ page_view: 1 });
});
