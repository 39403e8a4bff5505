import type { ErrorGroups, LiveBoard, LiveFigure } from "@rumkit/protocol";
import { act, cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { missedOf } from "../../test/alertValues.ts";
import { board, count, delta, event, lcp, show, snapshot, views } from "../../test/shownPage.tsx";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const connectionSaid = () => screen.getByText(/^Connection: /).textContent;

const card = (title: string) => within(screen.getByRole("article", { name: title }));

test("before the first frame the page shows that it waits for data", () => {
  show();
  expect(screen.getByText(/Waiting for data from the collector/)).toBeTruthy();
  expect(connectionSaid()).toBe("Connection: connecting");
});

test("a figure without any data has no card until its first value, and then keeps it", () => {
  const { receive } = show();
  const requests: LiveFigure = {
    ...views,
    name: "requests_per_second",
    title: "Requests",
    hideWhileEmpty: true,
  };
  const duration: LiveFigure = {
    ...lcp,
    name: "request_duration_p95",
    title: "Duration",
    hideWhileEmpty: true,
  };
  const titles = () =>
    screen.getAllByRole("article").map((tile) => within(tile).getByRole("heading").textContent);
  const figures = [views, requests, duration, lcp];
  receive(snapshot({ figures, points: [{ second: 100, values: [8, 0, null, 1.9] }] }));
  expect(titles()).toEqual(["LCP, p75", "Page views"]);
  receive(delta({ points: [{ second: 101, values: [8, 0, null, 1.9] }] }));
  expect(titles()).toEqual(["LCP, p75", "Page views"]);
  receive(delta({ points: [{ second: 102, values: [8, 0.1, 0.02, 1.9] }] }));
  expect(titles()).toEqual(["Duration", "LCP, p75", "Page views", "Requests"]);
  expect(card("Requests").getByText("0.1")).toBeTruthy();
  receive(delta({ points: [{ second: 2_000, values: [8, 0, null, 1.9] }] }));
  expect(titles()).toEqual(["Duration", "LCP, p75", "Page views", "Requests"]);
});

describe("a collector that requires a token", () => {
  const form = () => screen.queryByLabelText<HTMLInputElement>("Enter your access token to see live data.");

  test("shows only the form, and gets the entered token", () => {
    const { store, receive, tokens } = show();
    act(() => store.onConnection("denied"));
    expect(connectionSaid()).toBe("Connection: token needed");
    const field = form()!;
    expect([field.type, field.autocomplete, document.activeElement]).toEqual([
      "password",
      "current-password",
      field,
    ]);
    expect(screen.queryByText(/Waiting for|No events yet|series/)).toBeNull();
    expect(screen.queryAllByRole("button").map(({ textContent }) => textContent)).toEqual(["Continue"]);
    expect(field.getAttribute("aria-invalid")).toBe("false");
    fireEvent.submit(field.closest("form")!);
    fireEvent.change(field, { target: { value: " secret " } });
    fireEvent.submit(field.closest("form")!);
    expect(tokens).toEqual(["secret"]);
    act(() => store.onConnection("connecting"));
    receive(snapshot());
    expect(form()).toBeNull();
    expect(screen.getByRole("article", { name: "Page views" })).toBeTruthy();
  });

  test("shows that the token is wrong, and keeps the input", () => {
    const { store } = show();
    act(() => store.onConnection("denied"));
    expect(screen.getByRole("alert").textContent).toBe("");
    fireEvent.change(form()!, { target: { value: "wrong" } });
    fireEvent.submit(form()!.closest("form")!);
    act(() => store.onConnection("connecting"));
    act(() => store.onConnection("denied"));
    expect(screen.getByRole("alert").textContent).toMatch(/does not open the live page/);
    expect([form()!.getAttribute("aria-invalid"), form()!.value]).toEqual(["true", "wrong"]);
  });

  test("shows that a token of the URL is wrong", () => {
    const { store } = show({ hasToken: () => true });
    act(() => store.onConnection("denied"));
    expect(form()!.getAttribute("aria-invalid")).toBe("true");
  });

  test("hides everything when a token is required later", () => {
    const { store, receive } = show();
    receive(snapshot());
    act(() => store.onConnection("reconnecting"));
    act(() => store.onConnection("denied"));
    expect(screen.queryByRole("article")).toBeNull();
    expect(form()).not.toBeNull();
  });

  test.each([
    ["linkEnded", -1, "link ended", /^This link ended on .*, \d+:\d\d\s[AP]M\. Ask for a new one\.$/],
    // The clock of this computer is behind the collector's.
    ["linkEnded", 1, "link ended", /^This link ended on .*, \d+:\d\d\s[AP]M\. Ask for a new one\.$/],
    ["linkRevoked", 1, "link ended", /^This link was ended before its time\. Ask for a new one\.$/],
    ["badLink", 1, "link not valid", /^This link is not valid\. It was altered, or its key is gone\./],
  ] as const)(
    "says why a read-only link opens nothing: %s, its end in %i days",
    (connection, days, word, reason) => {
      const { store, receive } = show({ hasToken: () => true, endsAt: Date.now() + days * 86_400_000 });
      receive(snapshot());
      act(() => store.onConnection(connection));
      expect(connectionSaid()).toBe(`Connection: ${word}`);
      // Nothing on the page is updated now.
      expect(screen.queryByText(/^updated/)).toBeNull();
      expect(screen.getByRole("alert").textContent).toMatch(reason);
      expect(screen.queryByRole("article")).toBeNull();
      expect(form()).not.toBeNull();
    },
  );
});

describe("a page that needs a token", () => {
  const LINK = "https://rum.example/realtime?view=errors#token=rkl1.1796000000.x";
  const button = (name: string) => screen.getByRole("button", { name, hidden: true });

  test("is shared by a read-only link, which is shown and copied", async () => {
    const copied: string[] = [];
    vi.stubGlobal("navigator", {
      clipboard: { writeText: async (text: string) => void copied.push(text) },
    });
    const { receive } = show({ hasToken: () => true, share: async () => LINK });
    receive(snapshot());
    await act(async () => void fireEvent.click(button("Copy read-only link (24 h)")));
    expect(copied).toEqual([LINK]);
    expect(screen.getByLabelText<HTMLInputElement>("Read-only link").value).toBe(LINK);
    expect(screen.getByText("Read-only link copied.")).toBeTruthy();
    await act(async () => void fireEvent.click(button("Copy link")));
    expect(copied.at(-1)).toBe(location.href);
    vi.unstubAllGlobals();
  });

  test("shows the link if the clipboard is missing, and the error if no link was made", async () => {
    let made: string | undefined = LINK;
    const { receive } = show({ hasToken: () => true, share: async () => made });
    receive(snapshot());
    vi.stubGlobal("navigator", { clipboard: { writeText: () => Promise.reject(new Error("denied")) } });
    await act(async () => void fireEvent.click(button("Copy read-only link (24 h)")));
    expect(screen.getByText("Copy it from the field.")).toBeTruthy();
    vi.stubGlobal("navigator", {});
    await act(async () => void fireEvent.click(button("Copy read-only link (24 h)")));
    expect(screen.getByText("Copy it from the field.")).toBeTruthy();
    made = undefined;
    await act(async () => void fireEvent.click(button("Copy read-only link (24 h)")));
    expect(screen.getByText("The collector made no link. Try again.")).toBeTruthy();
    expect(screen.queryByLabelText("Read-only link")).toBeNull();
    vi.unstubAllGlobals();
  });

  test("ends a link that was made, or is pasted, and says why it could not", async () => {
    const ended: string[] = [];
    let fault: string | undefined;
    const { receive } = show({
      hasToken: () => true,
      share: async () => LINK,
      endLink: async (link) => {
        ended.push(link);
        return fault;
      },
    });
    receive(snapshot());
    await act(async () => void fireEvent.click(button("Copy read-only link (24 h)")));
    const field = screen.getByLabelText<HTMLInputElement>("Link to end");
    expect(field.value).toBe(LINK);
    await act(async () => void fireEvent.click(button("End read-only link")));
    expect(screen.getByText("The link has ended.")).toBeTruthy();
    fault = "This link opens nothing.";
    fireEvent.change(field, { target: { value: "rkl1.1.x" } });
    await act(async () => void fireEvent.click(button("End read-only link")));
    expect(screen.getByText(fault)).toBeTruthy();
    expect(ended).toEqual([LINK, "rkl1.1.x"]);
  });

  test("is shared by a viewer with a link until that link ends, and by no one without a token", () => {
    const { receive } = show({ hasToken: () => true, endsAt: Date.UTC(2026, 10, 28, 12) });
    receive(snapshot());
    expect(button("Copy read-only link")).toBeTruthy();
    expect(screen.queryByLabelText("Link to end")).toBeNull();
    expect(
      screen.getByText(/^Opens this page for everyone who has the link, until Nov 28, 2026/),
    ).toBeTruthy();
    cleanup();
    const open = show();
    open.receive(snapshot());
    expect(screen.queryByRole("button", { name: "Share" })).toBeNull();
  });
});

test("each figure is a card with its value, unit and window", () => {
  const { receive } = show();
  receive(snapshot());
  const text = screen.getByRole("article", { name: "Page views" }).textContent;
  expect(text).toContain("8.0 per second");
  expect(text).toContain("over the last 60 s");
});

test("a figure without a value shows no data instead of zero", () => {
  const { receive } = show();
  receive(snapshot({ points: [{ second: 100, values: [8, null] }] }));
  expect(card("LCP, p75").getByText("–")).toBeTruthy();
  expect(card("LCP, p75").getByText("no data in the last 60 s")).toBeTruthy();
});

test("a level is shown in words, not only in color", () => {
  const { receive } = show();
  receive(snapshot());
  expect(card("LCP, p75").getByText("Good")).toBeTruthy();
  receive(delta({ points: [{ second: 101, values: [8, 2.5] }] }));
  expect(card("LCP, p75").getByText("Warning")).toBeTruthy();
  receive(delta({ points: [{ second: 102, values: [8, 4] }] }));
  expect(card("LCP, p75").getByText("Critical")).toBeTruthy();
  expect(card("Page views").queryByText("Good")).toBeNull();
});

test("each chart has a name and a description in text", () => {
  const { receive } = show();
  receive(
    snapshot({
      points: [
        { second: 98, values: [4, 1] },
        { second: 103, values: [8, 2] },
        { second: 105, values: [8, 2] },
      ],
    }),
  );
  const figure = card("Page views").getByRole("figure", { name: "Page views, the last 5 min" });
  const summary = document.getElementById(figure.getAttribute("aria-describedby")!);
  expect(summary?.textContent).toBe("now 8.0 per second, min 4.0 per second · max 8.0 per second");
});

test("a button leads to the definition, the thresholds and the query of a figure", () => {
  const { receive } = show();
  receive(snapshot());
  const button = screen.getByRole("button", { name: "What LCP, p75 means" });
  const note = document.getElementById(button.getAttribute("popovertarget")!)!;
  expect(note.textContent).toMatch(/Warning at 2.50 s, critical at 4.00 s/);
  expect(within(note).getByText("Copy PromQL")).toBeTruthy();
});

test("markup in events is shown as text, in every column", () => {
  const hostile = "<img src=x onerror=alert(1)>";
  const { receive, container } = show({ view: "events" });
  receive(
    snapshot({
      app: hostile,
      tail: [
        event({
          type: hostile,
          name: hostile,
          route: hostile,
          details: { [hostile]: "javascript:alert(1)" },
        }),
        event({ source: "server", count: 2 }),
      ],
    }),
  );
  // The newest event is the row before.
  const cells = screen.getAllByRole("cell").map((cell) => cell.textContent);
  expect(cells.slice(9, 12)).toEqual([hostile, hostile, hostile]);
  expect(cells[13]?.trim()).toBe(`${hostile}=javascript:alert(1)`);
  expect(container.querySelector("img, a, script")).toBeNull();
});

test("the newest event is the first row of the tail", () => {
  const { receive } = show({ view: "events" });
  receive(snapshot({ tail: [event({ name: "one" }), event({ name: "two" })] }));
  receive(delta({ tail: [event({ name: "three" })] }));
  const rows = screen.getAllByRole("row").slice(1);
  // Source, route, count and details are hidden: they say nothing here.
  expect(rows.map((row) => within(row).getAllByRole("cell")[2]?.textContent)).toEqual([
    "three",
    "two",
    "one",
  ]);
});

test("pause freezes figures and charts while data keeps arriving, and resume catches up", () => {
  const { receive, valuesOf } = show();
  receive(snapshot());
  fireEvent.click(screen.getByRole("button", { name: "Pause" }));
  receive(
    delta({
      points: [
        { second: 106, values: [12, 2] },
        { second: 110, values: [1, 2] },
      ],
    }),
  );

  expect(valuesOf("page_views_per_second")).toEqual([8]);
  expect(screen.getByText(/^paused at .*, data still arrives$/)).toBeTruthy();
  // Not "Live" beside numbers that stand still.
  expect([screen.queryByText("Live"), screen.queryByText("Paused")]).toEqual([null, expect.anything()]);
  expect([document.title, connectionSaid()]).toEqual(["shop · paused", "Connection: paused"]);
  expect(document.body.textContent).not.toMatch(/\blive\b/i);

  act(() => {
    fireEvent.click(screen.getByRole("button", { name: "Resume" }));
    vi.advanceTimersByTime(20);
  });
  expect(screen.getByText("Live")).toBeTruthy();
  expect(valuesOf("page_views_per_second")).toEqual([8, 6]);
});

test("a row of an event opens its details, and the table stands still meanwhile", () => {
  const { receive } = show({ view: "events" });
  const details = { product: "b-7", markup: "<b>" };
  receive(snapshot({ tail: [event({ name: "one", details, route: "/cart" })] }));
  const opener = screen.getByRole("button", { name: /details$/ });
  expect(opener.getAttribute("aria-expanded")).toBe("false");
  fireEvent.focus(opener);
  fireEvent.click(opener);
  expect(opener.getAttribute("aria-expanded")).toBe("true");
  const facts = screen.getAllByRole("definition").map((fact) => fact.textContent);
  expect(facts.slice(1)).toEqual(["page", "action", "one", "/cart", "1", "b-7", "<b>"]);
  receive(delta({ tail: [event({ name: "two" })] }));
  expect([screen.queryByText("two"), screen.getByText(/1 waiting/)]).toEqual([null, expect.anything()]);
  fireEvent.click(opener);
  expect(screen.queryByRole("definition")).toBeNull();
  fireEvent.blur(opener);
  expect(screen.getByText("two")).toBeTruthy();
});

test("events are filtered by type and words", () => {
  const { receive } = show({ view: "events" });
  receive(snapshot({ tail: [event({ name: "one" }), event({ name: "two", type: "error" })] }));
  const names = () => [...document.querySelectorAll("td.name")].map((cell) => cell.textContent);
  fireEvent.click(screen.getByRole("button", { name: "error" }));
  expect(names()).toEqual(["two"]);
  fireEvent.click(screen.getByRole("button", { name: "All" }));
  fireEvent.change(screen.getByRole("searchbox"), { target: { value: "ONE" } });
  expect(names()).toEqual(["one"]);
  fireEvent.change(screen.getByRole("searchbox"), { target: { value: "three" } });
  expect(screen.getByText(/None of the last events matches/)).toBeTruthy();
});

test("pause freezes the events", () => {
  const { receive } = show({ view: "events" });
  receive(snapshot({ tail: [event({ name: "before" })] }));
  fireEvent.click(screen.getByRole("button", { name: "Pause" }));
  receive(delta({ tail: [event({ name: "during" })] }));
  expect(screen.queryByText("during")).toBeNull();
  act(() => {
    fireEvent.click(screen.getByRole("button", { name: "Resume" }));
    vi.advanceTimersByTime(20);
  });
  expect(screen.getByText("during")).toBeTruthy();
});

test("a burst of frames between two animation frames is painted once", () => {
  const { store, receive, pass } = show();
  receive(snapshot());
  const painted = vi.fn();
  store.subscribe(painted);
  for (let second = 101; second <= 110; second++) {
    store.onFrame(delta({ points: [{ second, values: [second, 1] }] }));
  }
  pass(20);
  expect(painted).toHaveBeenCalledTimes(1);
  expect(card("Page views").getByText("110.0")).toBeTruthy();
});

test("the age of the data is shown, turns gray after three seconds and red after ten", () => {
  const { receive, pass, container } = show();
  const freshness = () => container.querySelector(".page")?.getAttribute("data-freshness");
  receive(snapshot());
  expect(screen.getByText("updated now")).toBeTruthy();
  expect(freshness()).toBe("fresh");
  pass(4_000);
  expect(freshness()).toBe("late");
  expect(screen.getByText("Waiting for data")).toBeTruthy();
  expect(screen.getByText("updated 4 s ago")).toBeTruthy();
  pass(7_000);
  expect(freshness()).toBe("stale");
  receive(delta({}));
  pass(500);
  expect(freshness()).toBe("fresh");
});

test("only the change of the connection is announced", () => {
  const { store, receive, pass } = show();
  receive(snapshot());
  expect(connectionSaid()).toBe("Connection: live");
  pass(5_000);
  expect(connectionSaid()).toBe("Connection: live");
  act(() => store.onConnection("reconnecting"));
  expect(connectionSaid()).toBe("Connection: disconnected");
});

test("the view of the collector has its series against their limit", () => {
  const { receive } = show({ view: "collector" });
  receive(snapshot({ totals: [{ metric: "rum_series_limit", labels: {}, value: 50_000 }] }));
  expect(screen.getByRole("meter", { name: "Series against their limit" })).toBeTruthy();
  expect(screen.getByText(/^1 series with a value, of 50,000/)).toBeTruthy();
});

test("totals are collapsed, and filtered by words of metric and labels", () => {
  const { receive, container } = show({ view: "collector" });
  receive(
    snapshot({
      totals: [
        { metric: "rum_page_views_total", labels: { route: "/cart" }, value: 41 },
        { metric: "rum_page_views_total", labels: { route: "/" }, value: 1_234 },
        { metric: "revenue_total", labels: { currency: "USD" }, value: 99.5 },
      ],
    }),
  );
  const details = container.querySelector("details")!;
  expect(within(details).queryByRole("table", { hidden: true })).toBeNull();
  details.open = true;
  fireEvent(details, new Event("toggle"));
  fireEvent.change(within(details).getByRole("searchbox"), { target: { value: "views cart" } });
  const rows = within(details).getAllByRole("row").slice(1);
  expect(rows.map((row) => row.textContent)).toEqual(['rum_page_views_totalroute="/cart"41']);
});

test("a wall display shows the numbers and a clock, and no controls", () => {
  const { receive } = show({ view: "overview", query: "&kiosk" });
  receive(snapshot({ totals: count(1), tail: [event({})] }));
  expect(screen.getByRole("article", { name: "Page views" })).toBeTruthy();
  expect(within(document.querySelector("header")!).getByText(/^\d\d:\d\d:\d\d$/)).toBeTruthy();
  for (const name of ["Pause", "Wall display", "Overview"])
    expect(screen.queryByRole("button", { name })).toBeNull();
});

test("a wall display with a number shows each view for so many seconds", () => {
  const { receive, pass } = show({ view: "overview", query: "&kiosk=10" });
  receive(snapshot({ totals: count(1) }));
  const view = () => document.querySelector("main")?.dataset["view"];
  expect(view()).toBe("overview");
  pass(10_000);
  expect(view()).toBe("experience");
  pass(10_000);
  expect(view()).toBe("overview");
});

test("the charts show the selected time window, merged into as many points as can be read", () => {
  const { receive, drawn } = show();
  const points = Array.from({ length: 900 }, (_, index) => ({ second: 1_000 + index, values: [1, 1] }));
  receive(snapshot({ points }));
  const chart = () => drawn.get("page_views_per_second")!;
  // A rate stays one: one view a second, in buckets of five seconds.
  expect([chart().from, chart().to, chart().seconds[1], chart().values[1]]).toEqual([1_595, 1_895, 1_600, 1]);
  fireEvent.click(screen.getByRole("radio", { name: "15 min" }));
  // The first bucket began before the page has any.
  expect(chart().values.slice(1)).toEqual(Array.from({ length: 89 }, () => 1));
  expect(new URLSearchParams(location.search).get("window")).toBe("900");
});

test("the view is in the address, and a link opens it", () => {
  const { receive } = show({ view: "overview" });
  receive(snapshot({ totals: count(1) }));
  fireEvent.click(screen.getByRole("button", { name: "Events" }));
  expect(location.search).toBe("?view=events");
  expect(screen.getByRole("button", { name: "Events" }).getAttribute("aria-current")).toBe("page");
});

test("before the first event the page says what to do, and what was refused", () => {
  const { receive } = show({ view: "overview" });
  const refused = { metric: "rum_batches_rejected_total", labels: { reason: "origin_denied" }, value: 12 };
  receive(snapshot({ totals: [] }));
  expect(screen.getByText("Waiting for the first event")).toBeTruthy();
  expect(screen.getByText(/url: "https:\/\/rum.example\/collect"/)).toBeTruthy();
  receive(delta({ totals: [refused] }));
  expect(screen.getByText(/was refused: origin_denied \(12\)/)).toBeTruthy();
});

test("the first event ticks off the whole checklist, before the numbers take its place", () => {
  const { receive, pass } = show({ view: "overview" });
  const ticked = () =>
    [...document.querySelectorAll<HTMLElement>(".firstRun li")].map((step) => step.dataset["done"]);
  receive(snapshot({ totals: [] }));
  expect(ticked()).toEqual(["true", "false", "false"]);
  receive(delta({ totals: count(1), tail: [event({ type: "page_view", route: "/cart" })] }));
  expect(screen.getByText("The first event has arrived")).toBeTruthy();
  expect(screen.getByText(/^It is counted: page view of \/cart, \d\d:/)).toBeTruthy();
  expect(ticked()).toEqual(["true", "true", "true"]);
  pass(8_000);
  expect([screen.queryByText("The first event has arrived"), ticked()]).toEqual([null, []]);
  expect(screen.getByRole("article", { name: "Page views" })).toBeTruthy();
});

test.each([
  ["reconnecting", "Disconnected", /No answer from https:\/\/rum\.example/],
  ["full", "Too many viewers", /Every place for a viewer is taken/],
  ["stopping", "Collector stopping", /The collector is stopping/],
] as const)(
  "before the first frame, %s is said with what helps, and without controls",
  (connection, word, said) => {
    const { store } = show();
    act(() => store.onConnection(connection, Date.now() + 3_000));
    expect(screen.getByText(word)).toBeTruthy();
    expect(screen.getByText(said)).toBeTruthy();
    expect(document.title).toBe(`rumkit · ${word.toLowerCase()}`);
    expect(screen.getAllByRole("button").map((button) => button.textContent)).toEqual(["Retry now"]);
  },
);

test("a paused page that loses its collector says so, and no longer that data arrives", () => {
  const { store, receive } = show();
  receive(snapshot());
  fireEvent.click(screen.getByRole("button", { name: "Pause" }));
  act(() => store.onConnection("reconnecting", Date.now() + 3_000));
  expect(screen.getByText("Disconnected")).toBeTruthy();
  expect(screen.getByText(/^paused at [\d:]+$/)).toBeTruthy();
});

describe("the view of errors", () => {
  const group = (name: string, parts: Partial<ErrorGroups["groups"][number]>) => ({
    fingerprint: name,
    name,
    message: "x is undefined",
    count: 1,
    firstSeen: 0,
    lastSeen: 0,
    releases: { "1.4.0": 1 },
    routes: { "/cart": 1 },
    sources: { uncaught: 1 },
    browsers: { chrome: 5, firefox: 2 },
    sessions: 4,
    stack: ["addToCart (src/cart.ts:12:7)"],
    resolved: true,
    ...parts,
  });
  const releases: LiveBoard["releases"] = ["1.4.0", "1.5.0"].map((release, at) => ({
    release,
    at,
    source: "page",
  }));

  async function showErrors(groups: ErrorGroups["groups"]) {
    const errors = { seen: 50, forgotten: 0, remembered: groups.length, groups };
    const page = show({ view: "errors", errors });
    page.receive(snapshot({ totals: count(1), board: { ...board, releases } }));
    await act(async () => {
      await vi.advanceTimersByTimeAsync(20);
    });
    return page;
  }
  const summaries = () =>
    [...document.querySelectorAll(".errorGroups summary")].map((row) => row.textContent);

  test("lists those of the newest release first, and a row opens its stack", async () => {
    await showErrors([
      group("OldError", { count: 40 }),
      group("NewError", { count: 3, releases: { "1.5.0": 3 }, resolved: false }),
    ]);
    expect(summaries().map((text) => /\w+Error/.exec(text)?.[0])).toEqual(["NewError", "OldError"]);
    expect(summaries()[0]).toMatch(/new in 1\.5\.0.*\/cart.*3$/);
    const details = document.querySelector("details")!;
    expect(within(details).getByText("addToCart (src/cart.ts:12:7)").tagName).toBe("PRE");
    expect(within(details).getByText(/upload the source maps/)).toBeTruthy();
    expect(within(details).getByText("uncaught (1)")).toBeTruthy();
  });

  test("is searched by any word of a group, also of its stack", async () => {
    await showErrors([
      group("OneError", { stack: ["pay (src/checkout.ts:1:1)"] }),
      group("TwoError", { routes: { "/login": 1 } }),
    ]);
    const field = screen.getByRole("searchbox", { name: "Search errors" });
    fireEvent.change(field, { target: { value: "CHECKOUT oneerror" } });
    expect(summaries()).toHaveLength(1);
    fireEvent.change(field, { target: { value: "/login" } });
    expect(summaries()[0]).toContain("TwoError");
    fireEvent.change(field, { target: { value: "elsewhere" } });
    expect(screen.getByText("No error matches. Try fewer words.")).toBeTruthy();
  });
});

test("what was refused is said by reason, with the setting to change", () => {
  const { receive } = show({ view: "refused" });
  receive(snapshot());
  expect(screen.getByText(/Nothing was refused/)).toBeTruthy();
  const refused = { metric: "rum_batches_rejected_total", labels: { reason: "origin_denied" }, value: 12 };
  receive(delta({ totals: [refused] }));
  const row = within(screen.getByRole("region", { name: "Refused" })).getAllByRole("row")[1]!;
  expect(row.textContent).toBe(
    "Requests of pagesorigin_deniedThe page's origin may not report here.Add the origin to allowedOrigins.12",
  );
});

describe("a collector that is away", () => {
  test.each([
    ["reconnecting", "Disconnected"],
    ["full", "Too many viewers"],
    ["stopping", "Collector stopping"],
  ] as const)(
    "%s: the page says %s, when it tries again, and tries at once on demand",
    (connection, said) => {
      const { store, receive, retried } = show();
      receive(snapshot());
      act(() => store.onConnection(connection, Date.now() + 3_000));
      expect(screen.getByText(said)).toBeTruthy();
      expect(screen.getByText("next try in 3 s")).toBeTruthy();
      fireEvent.click(screen.getByRole("button", { name: "Retry now" }));
      expect(retried).toHaveBeenCalledTimes(1);
    },
  );

  test("leaves the points that the page has, when another one starts", () => {
    const { receive, valuesOf } = show();
    receive(snapshot());
    const points = [130, 135].map((second) => ({ second, values: [3, 1] }));
    receive(snapshot({ id: "2-1", points }));
    expect(valuesOf("page_views_per_second")).toEqual([8, 0, 3]);
  });
});

test("a missed objective is said in a banner and in the title, with the release before it", () => {
  const { receive } = show({ view: "overview" });
  receive(snapshot({ totals: count(1), board: { ...board, objectives: [missedOf()] } }));
  const banner = screen.getByRole("status", { name: "Objectives" }).textContent;
  expect(banner).toMatch(/API errors 4\.2% since \d\d:\d\d, 40 s after 1\.4\.0\. Objective: below 1\.0%\./);
  expect(document.title).toBe("⚠ API errors 4.2% · shop · live");
  fireEvent.click(screen.getByRole("button", { name: "Show the errors" }));
  expect(screen.getByRole("heading", { name: /Errors of pages/ })).toBeTruthy();
  receive(delta({ board: { objectives: [] } }));
  expect(document.title).toBe("shop · live");
});
