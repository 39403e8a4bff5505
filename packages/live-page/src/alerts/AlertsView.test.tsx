/** The view of the alerts and their banner, from answers of a collector. */
import type {
  AlertDecision,
  LiveAlert,
  LiveAlerts,
  LiveAlertState,
  LiveAlertValues,
  SilenceRequest,
} from "@rumkit/protocol";
import { act, cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  actionOf,
  alertOf,
  alertsOf,
  missedOf,
  NOON,
  receiverOf,
  silenceOf,
} from "../../test/alertValues.ts";
import { board, delta, lcp, show, snapshot } from "../../test/shownPage.tsx";
import type { AlertApi, AlertsAnswer } from "../stream/alertApi.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
});

afterEach(() => {
  cleanup();
  sessionStorage.clear();
  vi.useRealTimers();
});

const stateOf = ({ alerts }: LiveAlerts, version = 1): LiveAlertState => ({
  firing: alerts.filter(({ state }) => state === "firing" || state === "recovering").length,
  pending: alerts.filter(({ state }) => state === "pending").length,
  worst: alerts[0]?.severity ?? null,
  version,
});

interface OpenOptions extends Omit<Partial<AlertApi>, "read"> {
  view?: string;
  query?: string;
  answer?: AlertsAnswer | undefined;
}

/** Opens a page of a collector with these alerts. */
async function open(
  alerts: Partial<LiveAlerts>,
  { view = "alerts", query = "", answer, ...api }: OpenOptions = {},
) {
  let current = alertsOf(alerts);
  let asked = 0;
  const start = Date.now();
  const page = show({
    view,
    query,
    alerts: {
      read: async () => {
        asked += 1;
        // The collector's clock goes on, too.
        const at = current.at + Date.now() - start;
        return answer ?? { kind: "read", alerts: { ...current, at }, readAt: Date.now() };
      },
      ...api,
    },
  });
  page.receive(snapshot({ board: { ...board, alerts: stateOf(current) } }));
  const settle = (): Promise<void> => act(async () => void (await vi.advanceTimersByTimeAsync(0)));
  await settle();
  return {
    ...page,
    settle,
    asked: () => asked,
    /** The collector's alerts change, and its next frame says so. */
    change: async (next: Partial<LiveAlerts>, version = 2) => {
      current = alertsOf(next);
      page.receive(delta({ board: { alerts: stateOf(current, version) } }));
      await settle();
    },
    /** They change, and no frame says so. */
    set: (next: Partial<LiveAlerts>) => {
      current = alertsOf(next);
    },
  };
}

const main = () => within(document.querySelector("main")!);
const banner = () => screen.queryByRole("region", { name: "Alerts that fire" });
const said = () => screen.getByRole("status", { name: "Alerts" }).textContent;
const toggle = (details: Element): void => {
  (details as HTMLDetailsElement).open = true;
  fireEvent(details, new Event("toggle"));
};
/** Opens the first row of a list. */
const openRow = (list: string) => {
  const details = screen.getByRole("region", { name: new RegExp(`^${list}`) }).querySelector("details")!;
  toggle(details);
  return within(details);
};

describe("without an alert that fires, the view says why", () => {
  test.each<[string, Partial<LiveAlerts>, RegExp]>([
    ["all is well", {}, /^No alert fires\. 12 alerts are evaluated\.$/],
    ["none is declared", { rules: 0 }, /No alert is declared.*page_errors: \{ when: \{ rate/s],
    [
      "none is evaluated",
      { engine: "off", rules: 0 },
      /This collector evaluates no alerts.*createCollector/s,
    ],
  ])("%s", async (_name, alerts, text) => {
    await open(alerts);
    expect(document.querySelector("main .card")!.textContent).toMatch(text);
    expect([banner(), said()]).toEqual([null, ""]);
  });

  test.each<[string, AlertsAnswer, RegExp]>([
    [
      "the collector is older than the page",
      { kind: "missing" },
      /^Alerts are not available: this collector is older/,
    ],
    [
      "the token does not open them",
      { kind: "denied" },
      /^Alerts are not available: the token does not open them/,
    ],
  ])("%s", async (_name, answer, text) => {
    await open({}, { answer });
    expect(document.querySelector("main")!.textContent).toMatch(text);
  });

  test("the answer has not arrived", () => {
    const { receive } = show({ view: "alerts" });
    receive(snapshot());
    expect(document.querySelector("main")!.textContent).toBe("Waiting for the alerts…");
  });
});

test("firing, pending and ended alerts are separate lists, the most severe and oldest first", async () => {
  const at = (minutes: number, name: string, parts = {}) =>
    alertOf({ name, episode: name, startsAt: NOON - minutes * 60_000, ...parts });
  await open({
    alerts: [
      at(1, "Info", { severity: "info" }),
      at(2, "Young"),
      at(3, "Warning", { severity: "warning" }),
      at(9, "Old", { state: "recovering" }),
      at(4, "Soon", { state: "pending" }),
    ],
    history: [at(30, "Over", { state: "resolved", endsAt: NOON - 20 * 60_000 })],
  });
  const names = (list: string) =>
    within(screen.getByRole("region", { name: new RegExp(`^${list}`) }))
      .getAllByRole("listitem")
      .map((row) => row.querySelector("b")!.textContent);
  expect(names("Firing")).toEqual(["Old", "Young", "Warning", "Info"]);
  expect(names("Pending")).toEqual(["Soon"]);
  expect(names("History")).toEqual(["Over"]);
  const over = screen.getByRole("region", { name: /^History/ });
  expect(over.textContent).toMatch(/resolved.*4\.2%, fires above 1\.0% · at \d\d:30, for 10 min/);
  expect(screen.getByRole("button", { name: "Alerts 4" })).toBeTruthy();
});

test("a filter of the page does not narrow alerts, and the view says so", async () => {
  await open({ alerts: [alertOf()] }, { query: "&route=/cart" });
  expect(main().getByRole("note").textContent).toMatch(/^Not filtered by route: alerts are of the whole app/);
  expect(main().getByText("ShopCheckoutErrors")).toBeTruthy();
});

test("an open alert has its reason, labels, links, notices and the people who know", async () => {
  await open({
    alerts: [
      alertOf({
        acknowledged: { by: "ann", at: NOON - 60_000, why: "I look into it." },
        mutedBy: ["s-1", "maintenance"],
        board: "javascript:alert(1)",
        notices: [
          { receiver: "oncall", reason: "fired", at: NOON, state: "delivered", attempts: 1, error: null },
          {
            receiver: "chat",
            reason: "fired",
            at: NOON,
            state: "failed",
            attempts: 4,
            error: "404 no_channel",
          },
        ],
      }),
    ],
  });
  const row = openRow("Firing");
  expect(row.getByText("Fires when more than 1 % of checkouts fail.")).toBeTruthy();
  expect(row.getAllByRole("link").map((link) => link.getAttribute("href"))).toEqual([
    "https://wiki.example/checkout",
  ]);
  const cells = row.getAllByRole("row").map(({ textContent }) => textContent);
  expect(cells.slice(1)).toEqual([
    expect.stringMatching(/^oncallfired\d\d:00delivered$/),
    expect.stringMatching(/^chatfired\d\d:00failed, 4 attempts404 no_channel$/),
  ]);
  expect(row.getByText("I look into it.")).toBeTruthy();
  expect(row.getByText("s-1, maintenance")).toBeTruthy();
  expect(row.queryByRole("button", { name: "Acknowledge…" })).toBeNull();
});

test("the value of an alert without data, and of one that failed, is not a number", async () => {
  await open({
    alerts: [
      alertOf({ name: "A", episode: "a", cause: "no_data", value: null }),
      alertOf({ name: "B", episode: "b", cause: "error", value: null }),
    ],
  });
  const text = screen.getByRole("region", { name: /^Firing/ }).textContent;
  expect(text).toMatch(/no data, fires above 1\.0%.*could not be evaluated/);
});

describe("the banner", () => {
  const firing = { alerts: [alertOf()] };

  test("names the alert in every view, since when, and leads to the view", async () => {
    await open(firing, { view: "experience" });
    expect(banner()!.textContent).toMatch(
      /^ShopCheckoutErrors 4\.2 % of checkouts fail\. since \d\d:57 \(3 min\)Show alerts$/,
    );
    fireEvent.click(within(banner()!).getByRole("button", { name: "Show alerts" }));
    expect(document.querySelector("main")!.dataset["view"]).toBe("alerts");
    expect(location.search).toBe("?view=alerts");
    expect(within(banner()!).queryByRole("button")).toBeNull();
  });

  test("counts its age with the page's clock, and is announced once, not each minute", async () => {
    const { pass } = await open(firing, { view: "experience" });
    const first = said();
    expect(first).toMatch(/^Critical alert ShopCheckoutErrors fires since \d\d:57\.$/);
    pass(60_000);
    expect(banner()!.textContent).toContain("(4 min)");
    expect(said()).toBe(first);
  });

  test("has the right age on a machine whose clock is wrong", async () => {
    vi.setSystemTime(NOON + 5 * 3_600_000);
    const { pass } = await open(firing, { view: "experience" });
    expect(banner()!.textContent).toContain("(3 min)");
    pass(120_000);
    expect(banner()!.textContent).toContain("(5 min)");
  });

  test("comes without a reload when a frame says that an alert fires, also on a paused page, and goes with it", async () => {
    const { change } = await open({}, { view: "experience" });
    expect([banner(), document.title]).toEqual([null, "shop · live"]);
    fireEvent.click(screen.getByRole("button", { name: "Pause" }));
    await change(firing);
    expect(banner()!.textContent).toContain("ShopCheckoutErrors");
    expect(document.title).toBe("⚠ ShopCheckoutErrors · shop · paused");
    expect(document.documentElement.dataset["alarm"]).toBe("true");
    await change({}, 3);
    expect([banner(), said(), document.title]).toEqual([null, "", "shop · paused"]);
    expect(document.documentElement.dataset["alarm"]).toBe("false");
  });

  test("is in the title of a hidden tab, where no animation frame runs", async () => {
    const page = await open({}, { view: "experience" });
    vi.stubGlobal("requestAnimationFrame", () => 0);
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    page.set(firing);
    act(() => page.store.onFrame(delta({ board: { alerts: stateOf(alertsOf(firing), 2) } })));
    await page.settle();
    hidden.mockRestore();
    vi.unstubAllGlobals();
    expect(document.title).toMatch(/^⚠ ShopCheckoutErrors · /);
  });

  test("stays away for alerts that are silenced, that only inform, or that wait", async () => {
    await open(
      {
        alerts: [
          alertOf({ mutedBy: ["s-1"] }),
          alertOf({ severity: "info", episode: "i" }),
          alertOf({ state: "pending", episode: "p" }),
        ],
      },
      { view: "experience" },
    );
    expect([banner(), document.title]).toEqual([null, "shop · live"]);
  });

  test("counts the others, and a wall display names three and has no control", async () => {
    const alerts = ["A", "B", "C", "D"].map((name) => alertOf({ name, episode: name }));
    await open({ alerts }, { view: "experience" });
    expect(banner()!.textContent).toMatch(/^A .*\+ 3 more/);
    expect(document.title).toBe("⚠ A + 3 · shop · live");
    expect(said()).toMatch(/3 more\.$/);
    cleanup();
    await open({ alerts }, { view: "experience", query: "&kiosk" });
    expect([...banner()!.querySelectorAll("b")].map(({ textContent }) => textContent)).toEqual([
      "A",
      "B",
      "C",
    ]);
    expect(banner()!.textContent).toContain("+ 1 more");
    expect(within(banner()!).queryByRole("button")).toBeNull();
  });

  test("is the only one about an objective that is missed, and says after which release; others keep theirs", async () => {
    const objectives = [missedOf(), missedOf({ objective: "fast_pages", title: "Slow pages" })];
    const about = (parts: Partial<LiveAlert>) => ({
      alerts: [alertOf({ name: "ShopApiBudgetBurn", labels: { objective: "reliable_api" }, ...parts })],
    });
    const missed = () => screen.getByRole("status", { name: "Objectives" }).textContent;
    const page = await open(about({}), { view: "experience" });
    page.receive(delta({ board: { objectives } }));
    expect(banner()!.textContent).toMatch(/^ShopApiBudgetBurn .*\(3 min\), 40 s after 1\.4\.0Show alerts$/);
    expect(missed()).toMatch(/^Slow pages 4\.2% since/);
    page.receive(delta({ board: { objectives: objectives.slice(0, 1) } }));
    expect(missed()).toBe("");
    // An alert that has no banner leaves the objective its own.
    await page.change(about({ mutedBy: ["s-1"] }));
    expect(banner()).toBeNull();
    expect(missed()).toMatch(/^API errors 4\.2% since/);
  });

  test("says how many fire to a viewer who may not read which", async () => {
    await open(firing, { view: "experience", answer: { kind: "denied" } });
    expect(banner()!.textContent).toMatch(/^An alert fires: critical\./);
    expect(document.title).toBe("⚠ 1 firing · shop · live");
  });
});

test("a collector without alerts is not asked for them, except in their view", async () => {
  let asked = 0;
  const read = async (): Promise<undefined> => {
    asked += 1;
  };
  const { receive, pass } = show({ alerts: { read } });
  receive(snapshot());
  pass(120_000);
  expect(asked).toBe(0);
  fireEvent.click(screen.getByRole("button", { name: "Alerts" }));
  expect(asked).toBe(1);
});

test("while nothing fires, the alerts are asked for once a minute; a frame that says nothing new asks for nothing", async () => {
  const { pass, receive, asked } = await open({}, { view: "experience" });
  expect(asked()).toBe(1);
  for (let second = 0; second < 50; second += 1) {
    pass(1_000);
    receive(delta({}));
  }
  expect(asked()).toBe(1);
  pass(15_000);
  expect(asked()).toBe(2);
});

describe("a viewer who only reads", () => {
  test("has no controls, and the reason", async () => {
    await open({
      viewer: { name: null, mayAct: false },
      alerts: [alertOf()],
      actions: [actionOf()],
      silences: [silenceOf()],
    });
    openRow("Firing");
    expect(main().getByRole("note").textContent).toMatch(
      /^Read only: .* a token of scope alerts, as #token=… at the end/,
    );
    const names = main()
      .queryAllByRole("button")
      .map((button) => button.getAttribute("aria-label"));
    expect(names).toEqual(["1.4.0, filter by release"]);
    expect(main().getByText("1 approval is missing.")).toBeTruthy();
  });
});

describe("a change", () => {
  const fill = (label: string, value: string): void =>
    void fireEvent.change(screen.getByLabelText(label), { target: { value } });
  const submit = async (settle: () => Promise<void>): Promise<void> => {
    fireEvent.submit(screen.getByRole("dialog").querySelector("form")!);
    await settle();
  };

  test("asks who and why, is sent, and is shown at once", async () => {
    const sent: [string, AlertDecision][] = [];
    const page = await open(
      { viewer: { name: null, mayAct: true }, alerts: [alertOf()] },
      { acknowledge: async (episode, decision) => void sent.push([episode, decision]) },
    );
    fireEvent.click(openRow("Firing").getByRole("button", { name: "Acknowledge…" }));
    fill("Your name", " ann ");
    fill("Reason", " I look into it. ");
    const before = page.asked();
    page.set({ alerts: [alertOf({ acknowledged: { by: "ann", at: NOON, why: "I look into it." } })] });
    await submit(page.settle);
    expect(sent).toEqual([[alertOf().episode, { by: "ann", why: "I look into it." }]]);
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(page.asked()).toBe(before + 1);
    expect(screen.getByText("acknowledged")).toBeTruthy();
    expect(banner()!.textContent).toContain("acknowledged by ann");
    // The name is offered again.
    page.set({ viewer: { name: null, mayAct: true }, alerts: [alertOf()] });
    page.pass(5_000);
    await page.settle();
    fireEvent.click(screen.getByRole("button", { name: "Acknowledge…" }));
    expect(screen.getByLabelText<HTMLInputElement>("Your name").value).toBe("ann");
  });

  test("is typed without the keys of the page: space pauses nothing, and k shows no wall display", async () => {
    await open({ alerts: [alertOf()] });
    fireEvent.click(openRow("Firing").getByRole("button", { name: "Acknowledge…" }));
    const reason = screen.getByLabelText("Reason");
    for (const key of [" ", "k"]) expect(fireEvent.keyDown(reason, { key })).toBe(true);
    fireEvent.keyDown(screen.getByRole("dialog"), { key: "k" });
    expect(screen.queryByText("Paused")).toBeNull();
    expect(location.search).toBe("?view=alerts");
  });

  test("keeps its dialog when the browser says late that it has closed the one before", async () => {
    await open({ alerts: [alertOf()], actions: [actionOf()] });
    fireEvent.click(screen.getByRole("button", { name: "Approve…" }));
    const before = screen.getByRole<HTMLDialogElement>("dialog");
    // As after Escape: the browser reports it in a later task.
    before.removeAttribute("open");
    fireEvent.click(openRow("Firing").getByRole("button", { name: "Acknowledge…" }));
    fireEvent(before, new Event("close"));
    const dialog = screen.getByRole<HTMLDialogElement>("dialog");
    expect([dialog.open, dialog.querySelector("h2")!.textContent]).toEqual([
      true,
      "Acknowledge ShopCheckoutErrors",
    ]);
  });

  test("gives the focus back at once, and not to a viewer who is elsewhere by then", async () => {
    const page = await open({ alerts: [alertOf()], actions: [actionOf()] });
    const button = openRow("Firing").getByRole("button", { name: "Acknowledge…" });
    const other = screen.getByRole("button", { name: "Reject…" });
    for (const next of [button, other]) {
      button.focus();
      fireEvent.click(button);
      const dialog = screen.getByRole<HTMLDialogElement>("dialog");
      screen.getByLabelText("Reason").focus();
      dialog.removeAttribute("open");
      if (next !== button) next.focus();
      fireEvent(dialog, new Event("close"));
      expect(document.activeElement).toBe(next);
      await page.settle();
      expect(document.activeElement).toBe(next);
    }
  });

  test("that is refused says why, and keeps the input", async () => {
    const page = await open({ alerts: [alertOf()] }, { acknowledge: async () => "This episode is over." });
    fireEvent.click(openRow("Firing").getByRole("button", { name: "Acknowledge…" }));
    expect(screen.getByText("As ops")).toBeTruthy();
    await submit(page.settle);
    expect(screen.getByRole("alert").textContent).toBe("Give a reason.");
    fill("Reason", "Mine.");
    await submit(page.settle);
    expect(screen.getByRole("alert").textContent).toBe("This episode is over.");
    expect(screen.getByLabelText<HTMLTextAreaElement>("Reason").value).toBe("Mine.");
    fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
    await page.settle();
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("silences an alert by all of its labels, for as long as is chosen by the collector's clock", async () => {
    const sent: SilenceRequest[] = [];
    vi.setSystemTime(NOON - 3_600_000);
    const page = await open(
      { alerts: [alertOf({ labels: { route: '/a "b"', team: "web" } })] },
      { silence: async (request) => void sent.push(request) },
    );
    fireEvent.click(openRow("Firing").getByRole("button", { name: "Silence…" }));
    fireEvent.change(screen.getByLabelText("Silent for"), { target: { value: "240" } });
    fill("Reason", "Known.");
    await submit(page.settle);
    expect(sent).toEqual([
      {
        matchers: ["alertname=ShopCheckoutErrors", String.raw`route="/a \"b\""`, "team=web"],
        // Some milliseconds after the answer.
        endsAt: expect.closeTo(NOON + 4 * 3_600_000, -3),
        by: undefined,
        why: "Known.",
      },
    ]);
  });

  test("that silences everything or in the past is not sent", async () => {
    const sent: SilenceRequest[] = [];
    const page = await open({}, { silence: async (request) => void sent.push(request) });
    fireEvent.click(screen.getByRole("button", { name: "New silence…" }));
    fill("Reason", "Quiet.");
    await submit(page.settle);
    expect(screen.getByRole("alert").textContent).toBe("Name the alerts: at least one matcher.");
    fill("Alerts with all of these labels, one per line", "team=web");
    fireEvent.change(screen.getByLabelText("Silent for"), { target: { value: "until" } });
    fill("End", "2020-01-01T00:00");
    await submit(page.settle);
    expect(screen.getByRole("alert").textContent).toBe("Give an end that is not in the past.");
    expect(sent).toEqual([]);
  });

  test("ends a silence, which names its author, reason and end", async () => {
    const ended: string[] = [];
    const page = await open(
      { silences: [silenceOf(), silenceOf({ id: "old", endsAt: NOON - 1 })] },
      { endSilence: async (id) => void ended.push(id) },
    );
    const list = within(screen.getByRole("region", { name: "Silences" }));
    expect(list.getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/^alertname=ShopSlowann: Planned migration\. until \d\d:00, 60 min leftEnd…$/),
    ]);
    fireEvent.click(list.getByRole("button", { name: "End the silence of alertname=ShopSlow" }));
    fill("Reason", "Done.");
    await submit(page.settle);
    expect(ended).toEqual(["s-1"]);
  });

  test("approves or rejects an action; with two persons, not twice by the same one", async () => {
    const sent: unknown[] = [];
    const two = actionOf({ approvalsMissing: 2 });
    const page = await open(
      { actions: [two], alerts: [alertOf()] },
      {
        approve: async (...given) => void sent.push(["approve", ...given]),
        reject: async (...given) => void sent.push(["reject", ...given]),
      },
    );
    expect(main().getByText("2 approvals are missing, each by another person.")).toBeTruthy();
    // What waits for a person comes first.
    expect(document.querySelector("main .panel h2")!.textContent).toBe("Actions");
    fireEvent.click(main().getByRole("button", { name: "Approve…" }));
    fill("Reason", "Bad release.");
    page.set({ actions: [actionOf({ approvedBy: ["ops"] })], alerts: [alertOf()] });
    await submit(page.settle);
    expect(main().queryByRole("button", { name: "Approve…" })).toBeNull();
    expect(document.querySelector("main")!.textContent).toMatch(
      /Approved by ops\. 1 more approval is missing, by another person\.You approved it\. Another person must approve it, too\./,
    );
    fireEvent.click(main().getByRole("button", { name: "Reject…" }));
    fill("Reason", "No.");
    await submit(page.settle);
    expect(sent).toEqual([
      ["approve", "act-1", { by: undefined, why: "Bad release." }],
      ["reject", "act-1", { by: undefined, why: "No." }],
    ]);
  });
});

test("an action that ran says if it helped, and its audit trail who did what", async () => {
  const asked: (string | undefined)[] = [];
  const page = await open(
    {
      actions: [
        actionOf({ state: "done", approvedBy: ["ann"], helped: true, outcome: "Rolled back to 1.3.9." }),
      ],
    },
    {
      audit: async (about) => {
        asked.push(about);
        return [
          {
            id: 7,
            at: NOON,
            who: "ann",
            what: "action_approved",
            about: "act-1",
            why: "Bad <b>release</b>.",
          },
          { id: 8, at: NOON, who: "collector", what: "action_run", about: "act-1", facts: { status: 200 } },
        ];
      },
    },
  );
  const list = screen.getByRole("region", { name: "Actions" });
  expect(list.textContent).toMatch(/rollback donehelped .*Approved by ann\..*Rolled back to 1\.3\.9\./);
  expect(asked).toEqual([]);
  toggle(list.querySelector(".auditTrail")!);
  await page.settle();
  expect([...list.querySelectorAll(".auditTrail li")].map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/^\d\d:00 ann approved it: Bad <b>release<\/b>\.$/),
    expect.stringMatching(/^\d\d:00 collector ran it \(status 200\)$/),
  ]);
  expect(asked).toEqual(["act-1"]);
});

test("receivers that fail, are disabled, wait or lost notices say so in words", async () => {
  await open({
    receivers: [
      receiverOf(),
      receiverOf({ name: "chat", state: "failing", waiting: 3, oldestWaitingSeconds: 125, lastError: "429" }),
      receiverOf({ name: "hook", state: "disabled", deadLetters: 2 }),
    ],
  });
  const rows = within(screen.getByRole("region", { name: "Receivers" }))
    .getAllByRole("row")
    .slice(1);
  expect(rows.map(({ textContent }) => textContent)).toEqual([
    "oncallpagerdutyoknonenone",
    "chatpagerdutyfailing3, the oldest 2 minnone429",
    "hookpagerdutydisablednone2",
  ]);
  expect(rows.map((row) => row.dataset["bad"])).toEqual(["false", "true", "true"]);
});

test("five hundred alerts are a bounded list with a search", async () => {
  const alerts = Array.from({ length: 500 }, (_, index) =>
    alertOf({ name: `Alert${index}`, episode: `e${index}`, labels: { route: `/r${index}` } }),
  );
  await open({ alerts });
  const rows = () => within(screen.getByRole("region", { name: /^Firing/ })).getAllByRole("listitem").length;
  expect(rows()).toBe(25);
  fireEvent.click(screen.getByRole("button", { name: "Show 25 of 475 more" }));
  expect(rows()).toBe(50);
  fireEvent.change(screen.getByLabelText("Search in firing"), { target: { value: "/r499" } });
  expect(rows()).toBe(1);
  fireEvent.change(screen.getByLabelText("Search in firing"), { target: { value: "nothing" } });
  expect(screen.getByText("No alert matches. Try fewer words.")).toBeTruthy();
});

test("of five hundred alerts an answer changes only what is seen", async () => {
  const alertsAt = (value: number) =>
    Array.from({ length: 500 }, (_, index) =>
      alertOf({ name: `Alert${index}`, episode: `e${index}`, value, labels: { route: `/r${index}` } }),
    );
  const { asked, set, pass, settle } = await open({ alerts: alertsAt(0.042) });
  const shown = document.querySelector("main")!;
  expect(shown.querySelectorAll("*").length).toBeLessThan(1_000);
  const changes: MutationRecord[] = [];
  const observer = new MutationObserver((records) => void changes.push(...records));
  // Without attributes: React sets those of the search field again each time.
  observer.observe(shown, { subtree: true, childList: true, characterData: true });
  const nextAnswer = async (): Promise<number> => {
    const before = asked();
    changes.length = 0;
    pass(5_000);
    await settle();
    expect(asked()).toBe(before + 1);
    changes.push(...observer.takeRecords());
    return changes.length;
  };
  expect(await nextAnswer()).toBe(0);
  set({ alerts: alertsAt(0.05) });
  const changed = await nextAnswer();
  expect(changed).toBeGreaterThanOrEqual(25);
  // A text for each row that is shown.
  expect(changed).toBeLessThanOrEqual(2 * 25);
  observer.disconnect();
});

test("hostile texts are text, in one direction, and cut between characters", async () => {
  const hostile = "<img src=x onerror=alert(1)>\u202E";
  const long = `${"a".repeat(299)}😀${"b".repeat(100_000)}`;
  const parts = { name: hostile, summary: long, description: hostile + long, labels: { [hostile]: long } };
  const { container } = await open({
    alerts: [
      alertOf({
        ...parts,
        release: hostile,
        runbook: "javascript:alert(1)",
        mutedBy: [],
        acknowledged: { by: hostile, at: NOON, why: long },
        notices: [
          { receiver: hostile, reason: hostile, at: NOON, state: "failed", attempts: 1, error: long },
        ],
      }),
    ],
    silences: [silenceOf({ matchers: [long], by: hostile, why: long })],
    actions: [actionOf({ name: hostile, alert: long, outcome: long, approvedBy: [long] })],
    receivers: [receiverOf({ name: hostile, type: long, lastError: long })],
  });
  openRow("Firing");
  expect(container.querySelector("img, script, main a")).toBeNull();
  expect(container.textContent.length).toBeLessThan(20_000);
  expect(document.title).toBe("⚠ <img src=x onerror=alert(1)> · shop · live");
  expect(container.innerHTML).not.toContain("\u202E");
  expect(container.textContent).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
});

describe("the chart of an alert that compares no figure", () => {
  const valuesOf = (parts: Partial<LiveAlertValues> = {}): LiveAlertValues => ({
    at: NOON,
    stepSeconds: 5,
    by: ["route"],
    threshold: 0.01,
    side: "above",
    unit: "ratio",
    groups: 23,
    lines: [
      { labels: { route: "/checkout" }, isOwn: true, holds: true, values: [null, 0.02, 0.042] },
      { labels: { route: "/cart" }, isOwn: false, holds: false, values: [0, 0.001, 0.005] },
    ],
    ...parts,
  });
  const shown = async (values: LiveAlertValues | undefined, alert: Partial<LiveAlert> = {}) => {
    const load = vi.fn(async () => values);
    const page = await open({ alerts: [alertOf(alert)] }, { values: load });
    const row = openRow("Firing");
    await page.settle();
    return { ...page, row, load, drawn: page.drawn.get("ShopCheckoutErrors") };
  };

  test("has a line for each value of `by`, its own first, and the threshold, and says which are shown", async () => {
    const { row, drawn, load } = await shown(valuesOf());
    expect(load).toHaveBeenCalledWith(alertOf().episode);
    expect(drawn).toMatchObject({
      seconds: [NOON / 1000 - 10, NOON / 1000 - 5, NOON / 1000],
      values: [null, 0.02, 0.042],
      others: [[0, 0.001, 0.005]],
      reach: 0.01,
      limits: [{ alert: "ShopCheckoutErrors", severity: "critical", value: 0.01, side: "above" }],
    });
    expect(row.getByText(/^What it compares/).textContent).toBe(
      "What it compares, by route, the last 15 min, 2 of 23: this one and the worst",
    );
    expect([...document.querySelectorAll(".alertLines li")].map(({ textContent }) => textContent)).toEqual([
      "/checkout 4.2%holds",
      "/cart 0.50%",
    ]);
    expect(row.getByRole("img", { name: /^ShopCheckoutErrors: 4\.2%, fires above 1\.0%/ })).toBeTruthy();
  });

  test("of selected series has one line, and no names", async () => {
    const lines = [{ labels: {}, isOwn: true, holds: true, values: [1, 2] }];
    const { row, drawn } = await shown(valuesOf({ by: [], groups: 1, lines }));
    expect(drawn).toMatchObject({ values: [1, 2], others: [] });
    expect(row.getByText("What it compares, the last 15 min")).toBeTruthy();
    expect(document.querySelector(".alertLines")).toBeNull();
  });

  test("is missing without values, and where the collector is older than the page", async () => {
    for (const values of [undefined, valuesOf({ lines: [] })]) {
      const { drawn } = await shown(values);
      expect(drawn).toBeUndefined();
      cleanup();
    }
  });

  test("is not asked for once it has ended", async () => {
    const load = vi.fn(async () => valuesOf());
    const page = await open(
      { alerts: [], history: [alertOf({ state: "resolved", endsAt: NOON })] },
      { values: load },
    );
    openRow("History");
    await page.settle();
    expect(load).not.toHaveBeenCalled();
  });

  test("follows the alert every five seconds", async () => {
    const { load } = await shown(valuesOf());
    await act(async () => void (await vi.advanceTimersByTimeAsync(10_000)));
    expect(load).toHaveBeenCalledTimes(3);
  });
});

describe("the threshold of an alert", () => {
  const limits: LiveAlerts["limits"] = [
    { alert: "ShopSlow", severity: "warning", figure: "lcp_p75", threshold: 2.8, side: "above" },
    { alert: "ShopVerySlow", severity: "critical", figure: "lcp_p75", threshold: 5, side: "above" },
    { alert: "ShopQuiet", severity: "info", figure: "gone", threshold: 5, side: "below" },
  ];

  test("is drawn into the chart of its figure, and said in its text", async () => {
    const { drawn } = await open({ limits }, { view: "experience" });
    expect(drawn.get("lcp_p75")!.limits).toEqual([
      { alert: "ShopVerySlow", severity: "critical", value: 5, side: "above" },
      { alert: "ShopSlow", severity: "warning", value: 2.8, side: "above" },
    ]);
    expect(drawn.get("page_views_per_second")!.limits).toBeUndefined();
    const text = "Alert ShopVerySlow, critical: above 5.00 s. Alert ShopSlow, warning: above 2.80 s.";
    const card = screen.getByRole("article", { name: "LCP, p75" });
    expect(card.querySelector(".summary")!.textContent).toContain(text);
    const chart = within(card).getByRole("img", { name: /Arrow keys/ });
    expect(chart.getAttribute("aria-label")).toBe(`LCP, p75. ${text} Arrow keys read single values.`);
  });

  test("of a count is said, and not drawn over counts of seconds", async () => {
    const count = { ...lcp, name: "errors", title: "Errors", unit: "count", merge: "sum" } as const;
    const page = await open(
      { limits: [{ ...limits[0]!, figure: "errors", threshold: 20 }] },
      { view: "experience" },
    );
    page.receive(snapshot({ figures: [count], points: [{ second: 100, values: [3] }], board }));
    await page.settle();
    cleanup();
    const again = show({
      view: "experience",
      alerts: {
        read: async () => ({
          kind: "read",
          readAt: NOON,
          alerts: alertsOf({ limits: [{ ...limits[0]!, figure: "errors", threshold: 20 }] }),
        }),
      },
    });
    again.receive(
      snapshot({
        figures: [count],
        points: [{ second: 100, values: [3] }],
        board: { ...board, alerts: { firing: 0, pending: 0, worst: null, version: 1 } },
      }),
    );
    await page.settle();
    expect(again.drawn.get("errors")!.limits).toBeUndefined();
    expect(screen.getByRole("article").querySelector(".summary")!.textContent).toContain(
      "Alert ShopSlow, warning: above 20.00 in 60 s.",
    );
  });
});

test("an alert that the viewer has opened stays open when it fires and when it ends", async () => {
  const page = await open({ alerts: [alertOf({ state: "pending" })] });
  const row = () => document.querySelector<HTMLDetailsElement>(`[data-row="${alertOf().episode}"] details`)!;
  openRow("Pending");
  await page.change({ alerts: [alertOf()] });
  expect(row().open).toBe(true);
  await page.change({ history: [alertOf({ state: "resolved", endsAt: NOON })] }, 3);
  expect(row().open).toBe(true);
  row().open = false;
  fireEvent(row(), new Event("toggle"));
  await page.change({ alerts: [alertOf()] }, 4);
  expect(row().open).toBe(false);
});

describe("the focus of a keyboard user", () => {
  const focused = () => document.activeElement!.textContent;

  test("stays with an alert that fires, is acknowledged, and ends", async () => {
    const page = await open({ alerts: [alertOf({ state: "pending" })] });
    const summary = () =>
      [...document.querySelectorAll<HTMLElement>(".alertList summary")].find(({ textContent }) =>
        textContent.includes("ShopCheckoutErrors"),
      )!;
    summary().focus();
    const changes = [
      { alerts: [alertOf()] },
      { alerts: [alertOf({ value: 0.05, acknowledged: { by: "ann", at: NOON, why: "Mine." } })] },
      { alerts: [alertOf({ mutedBy: ["s-1"] })], silences: [silenceOf()] },
      { history: [alertOf({ state: "resolved", endsAt: NOON })] },
      { alerts: [alertOf()] },
    ];
    for (const [index, change] of changes.entries()) {
      await page.change(change, index + 2);
      expect(document.activeElement).toBe(summary());
    }
  });

  test("goes to the row whose button is gone, and stays on a button whose list moves", async () => {
    const alerts = [alertOf()];
    const page = await open({ alerts, actions: [actionOf(), actionOf({ id: "act-2" })] });
    const row = openRow("Firing");
    row.getByRole("button", { name: "Acknowledge…" }).focus();
    await page.change({ alerts: [alertOf({ acknowledged: { by: "ann", at: NOON, why: "Mine." } })] });
    expect(focused()).toContain("ShopCheckoutErrors");
    await page.change({ alerts, actions: [actionOf()] }, 3);
    const trail = document.querySelector<HTMLElement>("[data-row=act-1] summary")!;
    trail.focus();
    await page.change({ alerts, actions: [actionOf({ state: "done", approvalsMissing: 0 })] }, 4);
    expect(document.activeElement).toBe(trail);
  });

  test("goes to the section of a row that is gone, and the next click does not focus that section", async () => {
    const page = await open({ silences: [silenceOf()] });
    const silences = screen.getByRole("region", { name: "Silences" });
    within(silences)
      .getByRole("button", { name: /^End the silence/ })
      .focus();
    await page.change({ silences: [] });
    expect(document.activeElement).toBe(silences);
    within(silences).getByRole("button", { name: "New silence…" }).focus();
    expect(silences.hasAttribute("tabindex")).toBe(false);
  });

  test("goes to the content of the page when its section is gone", async () => {
    const page = await open({ actions: [actionOf()], alerts: [alertOf()] });
    document.querySelector<HTMLElement>("[data-row=act-1] summary")!.focus();
    await page.change({});
    expect(document.activeElement).toBe(document.querySelector("main"));
  });

  test("is not taken back from a viewer who has left it", async () => {
    const page = await open({ alerts: [alertOf()] });
    const summary = document.querySelector<HTMLElement>(".alertList summary")!;
    summary.focus();
    summary.blur();
    await page.settle();
    await page.change({ history: [alertOf({ state: "resolved", endsAt: NOON })] });
    expect(document.activeElement).toBe(document.body);
  });
});
