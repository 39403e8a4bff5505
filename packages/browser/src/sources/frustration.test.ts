/** The rules. `userInput.test.ts` in `test/e2e` tests clicks in real browsers. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { recordSources, userClick } from "../../test/recordSources.ts";
import { errors } from "./errors.ts";
import { frustration } from "./frustration.ts";

const page = recordSources();
const click = (target: Element | null, at = 0, place = 5): void => userClick(target!, { at, place });

beforeEach(() => {
  document.body.innerHTML = `<button id=go data-rum=go>Go</button><p id=text>Text</p>
    <div data-rum-ignore><button id=stepper>+</button></div><a id=link href=/x>Away</a><a id=dead href=#>Nowhere</a>
    <x-player id=host></x-player>`;
  // happy-dom follows a link by `window.open`, which browsers do not, and which is an effect.
  document.querySelector("#dead")!.addEventListener("click", (event) => event.preventDefault());
});

const start = () => page.start([frustration(), errors()]);
const find = (selector: string): Element => document.querySelector(selector)!;
const names = async (type: "dead_click" | "rage_click" | "error_click"): Promise<string[]> =>
  (await page.events(type)).map((event) => (event as { name: string }).name);

describe("a dead click", () => {
  test("is one on a button or on a link to nowhere, without an effect for two seconds", async () => {
    start();
    click(find("#go"));
    await vi.advanceTimersByTimeAsync(1_999);
    expect(page.network.sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    click(find("#dead"));
    expect(await names("dead_click")).toEqual(["go", "tag:a"]);
  });

  test.each(["#text", "#stepper", "#link"])("does not happen on %s", async (selector) => {
    start();
    click(find(selector));
    expect(await names("dead_click")).toEqual([]);
  });

  test.each([
    "scroll",
    "input",
    "change",
    "invalid",
    "submit",
    "reset",
    "toggle",
    "blur",
    "fullscreenchange",
    "pagehide",
    "selectionchange",
    "beforeunload",
    "copy",
    "play",
    "pause",
    "beforeprint",
  ])("does not happen if a %s follows", async (type) => {
    start();
    click(find("#go"));
    // Most of them do not bubble.
    const target = /^(blur|pagehide|beforeunload|beforeprint)$/.test(type) ? window : find("#text");
    target.dispatchEvent(new Event(type));
    expect(await names("dead_click")).toEqual([]);
  });

  test.each(["play", "toggle", "submit"])(
    "does not happen if a %s follows in the shadow tree of the button",
    async (type) => {
      const tree = find("#host").attachShadow({ mode: "open" });
      tree.innerHTML = "<button>Play</button><video></video>";
      start();
      click(tree.querySelector("button"));
      // It does not leave the tree.
      tree.querySelector("video")!.dispatchEvent(new Event(type));
      expect(await names("dead_click")).toEqual([]);
    },
  );

  test("does not happen if the document or an open shadow tree changes", async () => {
    const tree = find("#host").attachShadow({ mode: "open" });
    tree.innerHTML = "<p></p>";
    start();
    click(find("#go"));
    tree.querySelector("p")!.textContent = "changed";
    await vi.advanceTimersByTimeAsync(3_000);
    click(find("#go"));
    find("#text").setAttribute("title", "changed");
    expect(await names("dead_click")).toEqual([]);
  });

  test("is one for each click that nothing follows: the next click begins another watch", async () => {
    start();
    for (let times = 0; times < 2; times += 1) {
      click(find("#go"));
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect((await page.events("dead_click")).map(({ count = 1 }) => count)).toEqual([2]);
  });

  test("does not happen if a tab opens, of which the page may hear nothing", async () => {
    vi.stubGlobal("open", vi.fn());
    start();
    find("#go").addEventListener("click", () => void window.open("/x"));
    click(find("#go"));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await names("dead_click")).toEqual([]);
    expect(window.open).toHaveBeenCalledOnce();
  });

  test("is not watched any more after a stop", async () => {
    const { metrics } = start();
    click(find("#go"));
    metrics.stop();
    metrics.start();
    expect(await names("dead_click")).toEqual([]);
  });
});

describe("rage", () => {
  test.each([
    ["three within a second", [0, 400, 999], [5, 5, 5], 1],
    ["three, the last too late", [0, 400, 1_000], [5, 5, 5], 0],
    ["three, one of them elsewhere", [0, 100, 200], [5, 5, 40], 0],
    ["two", [0, 100], [5, 5], 0],
    ["six in a row", [0, 100, 200, 300, 400, 500], [5, 5, 5, 5, 5, 5], 1],
  ])("%s", async (_what, times, places, expected) => {
    start();
    times.forEach((at, index) => click(find("#go"), at, places[index]));
    expect(await names("rage_click")).toHaveLength(expected);
  });

  test.each(["#text", "#stepper"])("does not happen on %s", async (selector) => {
    start();
    for (const at of [0, 100, 200]) click(find(selector), at);
    expect(await names("rage_click")).toEqual([]);
  });
});

describe("an error click", () => {
  /** Starts the client and flushes once: it records from then on. */
  const begin = (): void => {
    const { metrics } = start();
    metrics.trackAction("a");
    metrics.flush();
  };
  const fail = (error: unknown = new Error("broken")): unknown =>
    window.dispatchEvent(new ErrorEvent("error", { error, message: "broken" }));

  test("is one that an error follows within a second, and not a dead one", async () => {
    begin();
    click(find("#go"), performance.now());
    fail();
    expect([await names("error_click"), await names("dead_click")]).toEqual([["go"], []]);
  });

  test("is counted once, however many errors follow", async () => {
    begin();
    click(find("#go"), performance.now());
    fail();
    fail(new Error("another"));
    expect(await names("error_click")).toEqual(["go"]);
  });

  test("does not happen if the error comes later", async () => {
    begin();
    click(find("#go"), performance.now() - 1_100);
    fail();
    expect(await names("error_click")).toEqual([]);
  });
});
