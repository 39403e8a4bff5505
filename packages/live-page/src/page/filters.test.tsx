/** Filters of the page: what a click narrows, what it says that it does not narrow, and the address. */
import { createHash } from "node:crypto";
import type { ErrorGroups, LiveTotal } from "@rumkit/protocol";
import { act, cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { board, count, delta, event, show, snapshot } from "../../test/shownPage.tsx";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  cleanup();
  sessionStorage.clear();
  vi.useRealTimers();
});

const press = (name: string | RegExp): void =>
  void fireEvent.click(screen.getAllByRole("button", { name })[0]!);
const chips = (): (string | null)[] =>
  [...document.querySelectorAll(".filterChip")].map(({ textContent }) => textContent);
const notes = (): (string | null)[] => screen.queryAllByRole("note").map(({ textContent }) => textContent);
const names = (): (string | null)[] =>
  [...document.querySelectorAll(".eventRow .name")].map(({ textContent }) => textContent);

const tail = [
  event({ name: "one", route: "/cart" }),
  event({ name: "two", route: "/" }),
  event({ type: "conversion", name: "purchase", source: "server", details: { device: "mobile" } }),
];

test("a click on a route filters the events, is a chip and in the address, and the chip removes it", () => {
  show({ view: "events" }).receive(snapshot({ tail }));
  press("/cart, filter by route");
  expect(names()).toEqual(["one"]);
  expect(chips()).toEqual(["route /cart"]);
  expect(location.search).toBe("?view=events&route=%2Fcart");
  press("Remove the filter route /cart");
  expect(names()).toHaveLength(3);
  expect(chips()).toEqual([]);
  expect(location.search).toBe("?view=events");
});

test("filters add up, a second press on the value removes it, and all are removed at once", () => {
  show({ view: "events" }).receive(snapshot({ tail }));
  press("device=mobile, filter by device mobile");
  press("purchase, filter by conversion");
  expect(chips()).toEqual(["device mobile", "conversion purchase"]);
  expect(location.search).toBe("?view=events&label.device=mobile&label.conversion=purchase");
  press("purchase, filter by conversion");
  expect(chips()).toEqual(["device mobile"]);
  press("purchase, filter by conversion");
  press("Remove all");
  expect([chips(), names().length]).toEqual([[], 3]);
});

test("a link opens the filter and the type of events, and the back button takes a filter back", () => {
  const { receive } = show({ view: "events", query: "&label.device=mobile&types=conversion" });
  receive(snapshot({ tail }));
  expect([chips(), names()]).toEqual([["device mobile"], ["purchase"]]);
  press("Remove the filter device mobile");
  expect(chips()).toEqual([]);
  history.replaceState(null, "", "/realtime?view=events&label.device=mobile");
  act(() => void dispatchEvent(new PopStateEvent("popstate")));
  expect([chips(), names()]).toEqual([["device mobile"], ["purchase"]]);
});

test("a hostile link filters by its text, or not at all", () => {
  const markup = "<img src=x onerror=alert(1)>";
  const query = [
    `route=${encodeURIComponent(markup)}`,
    "label.__proto__=x",
    "label.=x",
    "label.empty=",
    "label.not=!x",
    `label.long=${"x".repeat(257)}`,
    ...Array.from({ length: 30 }, (_, index) => `label.l${index}=1`),
  ];
  const { receive, container } = show({ view: "events", query: `&${query.join("&")}` });
  receive(snapshot({ tail }));
  expect(chips()).toHaveLength(8);
  expect(chips().slice(0, 3)).toEqual([`route ${markup}`, "__proto__ x", "l0 1"]);
  expect(container.querySelector("img")).toBeNull();
  expect(screen.getByText(/No data for this filter/)).toBeTruthy();
});

test("with a filter the events come from a second stream, which ends with the filter", () => {
  const { receive, followed } = show({ view: "events" });
  receive(snapshot({ tail }));
  expect(followed).toEqual([]);
  press("/cart, filter by route");
  expect(followed.map(({ query, isOpen }) => [query, isOpen])).toEqual([["route=%2Fcart", true]]);
  followed[0]!.send(snapshot({ figures: [], tail: [event({ name: "seldom", route: "/cart" })] }));
  followed[0]!.send(delta({ tail: [event({ name: "next", route: "/cart" })] }));
  receive(delta({ tail: [event({ name: "other", route: "/" })] }));
  expect(names()).toEqual(["next", "seldom"]);
  press("Remove the filter route /cart");
  expect(followed[0]!.isOpen).toBe(false);
  expect(names()[0]).toBe("other");
});

test("while the page is paused, the events of the second stream wait", () => {
  const { receive, followed } = show({ view: "events", query: "&route=/cart" });
  receive(snapshot());
  followed[0]!.send(snapshot({ tail: [event({ name: "before", route: "/cart" })] }));
  press("Pause");
  followed[0]!.send(delta({ tail: [event({ name: "after", route: "/cart" })] }));
  expect(names()).toEqual(["before"]);
  press("Resume");
  expect(names()).toEqual(["after", "before"]);
});

test("a paused page says how many events wait", () => {
  const { receive, pass } = show({ view: "events" });
  receive(snapshot({ tail }));
  press("Pause");
  receive(delta({ tail: [event({}), event({})], skipped: { click: 42 } }));
  pass(500);
  expect(screen.getByText(/44 events waiting/)).toBeTruthy();
});

const requests = (route: string, status: string, value: number): LiveTotal => ({
  metric: "http_requests_total",
  labels: { method: "GET", route, status },
  value,
});
const totals = [
  ...count(1),
  requests("/api/cart", "2xx", 5),
  requests("/api/cart", "5xx", 2),
  requests("/api/all", "2xx", 9),
  { metric: "cache_entries", labels: { cache: "products" }, value: 3 },
];
const backend = (query = "") => {
  const page = show({ view: "backend", query });
  const figure = { name: "requests_per_second", title: "Requests", group: "backend" } as const;
  page.receive(
    snapshot({
      totals,
      figures: [
        {
          ...figure,
          help: "",
          unit: "per_second",
          decimals: 1,
          windowSeconds: 10,
          merge: "sum",
          query: "",
        },
      ],
      points: [{ second: 100, values: [3] }],
    }),
  );
  return page;
};
const table = (title: RegExp) => within(screen.getAllByRole("region", { name: title })[0]!);

test("a table is narrowed by the labels that it has, and says which it does not have", () => {
  backend();
  press("/api/cart, filter by route");
  expect(table(/^Requests by/).getAllByRole("row")).toHaveLength(2);
  expect(notes()).toEqual([
    "Not filtered by route: the cards with charts are of the whole app. Tables, Events and Errors are filtered.",
    "Not filtered by route: the collector does not count this by it.",
  ]);
  expect(table(/^Entries of caches/).getByText("products")).toBeTruthy();
});

test("a number filters by what it counts", () => {
  backend();
  press("2, filter by method GET and route /api/cart and status 5xx");
  expect(chips()).toEqual(["method GET", "route /api/cart", "status 5xx"]);
  expect(table(/^Requests by/).getAllByRole("row")).toHaveLength(2);
  expect(screen.queryByText("2xx")).toBeNull();
});

test("a table that has the label, and nothing with its value, has no data for this filter", () => {
  backend("&route=/none");
  expect(table(/^Requests by/).getByText("No data for this filter.")).toBeTruthy();
});

test("a number of a figure shows it in the large chart, and the address says so", () => {
  backend();
  press("3.0 per second, show Requests in the large chart");
  expect(location.search).toBe("?chart=requests_per_second");
  expect(screen.getByRole<HTMLSelectElement>("combobox", { name: "Figure of the chart" }).value).toBe(
    "requests_per_second",
  );
});

const group = (parts: Partial<ErrorGroups["groups"][number]>) => ({
  fingerprint: "abc",
  name: "TypeError",
  message: "x is undefined",
  count: 7,
  firstSeen: 0,
  lastSeen: 0,
  releases: { "1.4.0": 5, "1.5.0": 2 },
  routes: { "/cart": 7 },
  sources: { uncaught: 7 },
  browsers: { chrome: 4, firefox: 3 },
  sessions: 4,
  stack: [],
  resolved: false,
  ...parts,
});

test("errors are narrowed by release, route and browser; sessions above the exact ones are rounded", async () => {
  const groups = [group({}), group({ fingerprint: "def", name: "RangeError", browsers: {}, sessions: 1234 })];
  const errors = { seen: 14, forgotten: 0, remembered: 2, groups };
  const { receive } = show({ view: "errors", errors });
  receive(snapshot({ totals: count(1) }));
  await act(async () => void (await vi.advanceTimersByTimeAsync(20)));
  const shown = () => [...document.querySelectorAll(".errorGroups summary")].map((row) => row.textContent);
  expect(shown()[0]).toMatch(/TypeError.* 4 sessions .*7$/);
  expect(shown()[1]).toMatch(/RangeError.* about 1,200 sessions /);
  press("firefox (3), filter by browser firefox");
  expect(shown()).toHaveLength(1);
  expect(shown()[0]).toMatch(/TypeError.*3$/);
  press("1.5.0 (2), filter by release 1.5.0");
  expect(shown()[0]).toMatch(/TypeError.*2$/);
  expect(screen.getByText(/at most so many errors of a group have all of them/)).toBeTruthy();
});

test("the overview says what is not filtered, and lists the rest with the filter", () => {
  const routes = ["/", "/cart"].map((route) => ({
    route,
    windowSeconds: 900,
    views: 10,
    errors: 0,
    lcpP75: 1.2,
  }));
  const { receive } = show({ view: "overview" });
  receive(snapshot({ totals: count(1), board: { ...board, routes } }));
  press("10, filter by route /cart");
  const pages = within(screen.getByRole("region", { name: "Top pages" }));
  expect(pages.getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual(["/cartLCP 1.2 s10"]);
  expect(notes()).toContainEqual(expect.stringMatching(/^Not filtered by route: the numbers of today/));
  expect(screen.getByText(/No data for this filter yet/)).toBeTruthy();
});

test("the events of a page of this tab are outlined and said, those of others are not", async () => {
  const own = "a".repeat(32);
  const digest = (session: string, at: number): string =>
    createHash("sha256").update(`${session} ${at}`).digest("hex").slice(0, 16);
  const { receive } = show({ view: "events" });
  const sent = [
    event({ name: "mine", at: 5, sender: digest(own, 5) }),
    event({ name: "foreign", at: 5, sender: digest("b".repeat(32), 5) }),
    event({ name: "replayed", at: 6, sender: digest(own, 5).replace(/^./, "z") }),
    event({ name: "server", source: "server" }),
  ];
  // What other scripts of the origin stored must not break it.
  sessionStorage.setItem("rumkit.session/other", "{broken");
  sessionStorage.setItem("rumkit.session/null", "null");
  sessionStorage.setItem("rumkit.session/text", JSON.stringify({ id: "<img>" }));
  receive(snapshot({ tail: sent }));
  sessionStorage.setItem("rumkit.session/collect", JSON.stringify({ id: own, began: 1, seen: 1, seq: 1 }));
  act(() => {});
  receive(delta({ tail: [event({ name: "later", at: 7, sender: digest(own, 7) })] }));
  const marked = () =>
    [...document.querySelectorAll("[data-own=true]")].map(
      (row) => `${row.querySelector(".name")?.textContent} ${row.querySelector(".own")?.textContent.trim()}`,
    );
  await expect.poll(marked).toEqual(["later You", "mine You"]);
});
