import { describe, expect, onTestFinished, test, vi } from "vitest";
import { recordSources } from "../../test/recordSources.ts";
import { historyPaths } from "./historyPaths.ts";
import { pageViews } from "./pageViews.ts";
import { restoredViews } from "./restoredViews.ts";

const page = recordSources();
const routes = async (): Promise<unknown[]> =>
  (await page.events("page_view")).map(({ route = "same" }) => route);

test("a new path by either method, or by the user, is a view; the same path is not", async () => {
  page.start([historyPaths(), pageViews()]);
  history.pushState(null, "", "/a");
  history.replaceState(null, "", "/b");
  history.replaceState({ scroll: 7 }, "", "/b?tab=1#x");
  history.pushState(null, "");
  history.replaceState(null, "", "/c");
  window.dispatchEvent(new Event("popstate"));
  expect(await routes()).toEqual(["same", "/a", "/b", "/c"]);
});

test("the app's arguments, result and exceptions stay", () => {
  page.start([historyPaths()]);
  const state = { router: 1 };
  expect(history.pushState(state, "", "/a?b=1")).toBeUndefined();
  expect([history.state, location.pathname + location.search]).toEqual([state, "/a?b=1"]);
  expect(() => history.pushState(null, "", "https://elsewhere.example/")).toThrow(/./);
});

test("a view that a wrapper of another library counts is seen by both, in any order", async () => {
  const seen: unknown[] = [];
  const { pushState } = History.prototype;
  onTestFinished(() => {
    History.prototype.pushState = pushState;
  });
  const wrap = (name: string): void => {
    const below = History.prototype.pushState;
    History.prototype.pushState = function (...given) {
      seen.push(name);
      return below.apply(this, given);
    };
  };
  wrap("before");
  const { metrics } = page.start([historyPaths(), pageViews()]);
  wrap("after");
  history.pushState(null, "", "/a");
  metrics.stop();
  history.pushState(null, "", "/b");
  expect(await routes()).toEqual(["same", "/a"]);
  expect(seen).toEqual(["after", "before", "after", "before"]);
});

describe("with the Navigation API", () => {
  test("nothing is replaced, and its event is used", async () => {
    const navigation = Object.assign(new EventTarget(), { currentEntry: {} });
    vi.stubGlobal("navigation", navigation);
    const { pushState } = history;
    page.start([historyPaths(), pageViews()]);
    expect(history.pushState).toBe(pushState);
    history.pushState(null, "", "/a");
    expect(await routes()).toEqual(["same"]);
    navigation.dispatchEvent(new Event("currententrychange"));
    expect(await routes()).toEqual(["same", "/a"]);
  });
});

describe("without a Navigation API that works", () => {
  test.each([
    ["an element with that id", () => document.createElement("nav")],
    ["a variable of the app", () => ({ items: [] })],
    ["a function of the app", () => () => "menu"],
    [
      "the API of a document with an opaque origin",
      () => Object.assign(new EventTarget(), { currentEntry: null }),
    ],
  ])("the history is used: %s", async (_what, create) => {
    vi.stubGlobal("navigation", create());
    page.start([restoredViews(), historyPaths(), pageViews()]);
    history.pushState(null, "", "/a");
    expect(await routes()).toEqual(["same", "/a"]);
    expect(page.network.batches[0]!.dropped).toBeUndefined();
  });
});

test("a page whose `Event` is something else still navigates", () => {
  page.start([historyPaths()]);
  vi.stubGlobal("Event", { observe: () => {} });
  expect(() => history.pushState(null, "", "/a")).not.toThrow();
});
