/** The views of the live page in a real browser: without a violation of axe's rules, usable by keyboard, to share. */
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { defineCatalog, linkEndsAt } from "@rumkit/protocol";
import { type Collector, type CollectorOptions, createCollector, serveCollector } from "@rumkit/server";
import { Hono } from "hono";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { launchChromium, launchShell } from "../support/chromium.ts";
import { freePort } from "../support/freePort.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/cart"],
  actions: { add_to_cart: { help: "Items." } },
  conversions: { purchase: { help: "Orders.", from: "server", value: { money: ["USD"] } } },
  funnels: { buy: ["page_view:/", "action:add_to_cart"] },
  objectives: { fast_pages: { vital: "LCP", below: 2.5, ratio: 0.75 } },
});

const EVENTS = [
  { type: "page_view", route: "/", navigation: "hard" },
  // The objective needs 20 observations, and these miss it.
  ...Array.from({ length: 25 }, () => ({ type: "LCP", value: 6.2, route: "/" })),
  { type: "INP", value: 0.3, route: "/" },
  { type: "CLS", value: 0.3, route: "/" },
  { type: "action", name: "add_to_cart", route: "/", details: { product: "b-7" } },
  { type: "action", name: "unheard_of", route: "/" },
  { type: "api_call", name: "/api/cart", value: 0.2, route: "/" },
  {
    type: "error",
    source: "uncaught",
    name: "TypeError",
    message: "x is gone",
    stack: "TypeError: x is gone\n    at f (https://shop.example/a.js:1:1)",
  },
];

const VIEWS = ["overview", "business", "experience", "errors", "backend", "events", "refused", "collector"];

let browser: Browser;
let origin: string;
let stop: () => Promise<void>;

beforeAll(async () => {
  browser = await launchShell();
  const collector = createCollector({ catalog, bots: "count", environment: "production" });
  const app = new Hono();
  app.use(collector.httpMetrics());
  app.route("/", collector.app);
  app.get("/api/cart", (c) => c.text("ok"));
  const server = serveCollector({ collector, fetch: app.fetch });
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await fetch(`${origin}/api/cart`);
  await collector.trackConversion("purchase", { id: "o-1", value: 19.99, currency: "USD" });
  expect(await report(EVENTS)).toMatchObject({ accepted: EVENTS.length - 1 });
  stop = async () => {
    server.close();
    server.closeAllConnections();
    await collector.stop();
  };
});
afterAll(async () => {
  await browser.close();
  await stop();
});

let batches = 0;
async function report(events: readonly object[], session = "f".repeat(32)): Promise<unknown> {
  batches += 1;
  const id = batches.toString(16).padStart(32, "0");
  const answer = await fetch(`${origin}/collect`, {
    method: "POST",
    headers: { origin },
    body: JSON.stringify({ v: 1, id, session, sentAt: Date.now(), release: "1.4.0", events }),
  });
  return answer.json();
}

const look = (product: string): object => ({
  type: "action",
  name: "add_to_cart",
  route: "/",
  details: { product },
});

async function open(view: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(`${origin}/realtime?view=${view}`);
  await page.locator(`main[data-view=${view}]`).waitFor();
  return page;
}

/** The rules that a change of colors alone can break. */
const COLOR_RULES = ["color-contrast", "link-in-text-block"];

/** The rules that elements break, with the elements: of all rules, of those of colors, or of all others. */
async function violationsOf(page: Page, which: "all" | "colors" | "others" = "all"): Promise<string[]> {
  // Once for each document. Not as an element: the page's policy allows no script but its own.
  if (await page.evaluate("!globalThis.axe")) await page.evaluate(AXE);
  const rules = Object.fromEntries(COLOR_RULES.map((rule) => [rule, { enabled: which === "all" }]));
  // What breaks no rule needs no report: it is most of a page, and takes most of the time.
  const options = {
    resultTypes: ["violations"],
    ...(which === "colors" ? { runOnly: COLOR_RULES } : { rules }),
  };
  return page.evaluate(async (given) => {
    interface Axe {
      run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
    }
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run(given);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }, options);
}

// Beside each other, because a page waits for its browser and its stream most of the time.
test.concurrent.each(VIEWS)("the view %s breaks no rule of axe, dark, light, wide, narrow", async (view) => {
  const page = await open(view);
  if (view === "errors") await page.locator(".errorGroups summary").first().click();
  if (view === "events") await page.locator(".eventRow .type").first().click();
  if (view === "backend") await page.locator(".heat summary").click();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      const which = colorScheme === "dark" ? "all" : "colors";
      expect(await violationsOf(page, which), `${colorScheme}, ${width} px`).toEqual([]);
    }
  }
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  await page.emulateMedia({ forcedColors: "none", colorScheme: "dark" });
  // With a filter that narrows some of the view, and one that nothing has.
  await page.goto(`${origin}/realtime?view=${view}&route=/&label.device=toaster`);
  await page.locator(".filterChip").first().waitFor();
  expect(await violationsOf(page, "colors"), "filtered").toEqual([]);
  await page.emulateMedia({ forcedColors: "active" });
  // The colors of the system are the user's: a page cannot choose their contrast.
  expect(await violationsOf(page, "others")).toEqual([]);
  await page.context().close();
});

/** A laptop at night, and a phone by day. */
const FORMS = [
  { width: 1440, colorScheme: "dark" },
  { width: 390, colorScheme: "light" },
] as const;

type Form = (typeof FORMS)[number];

async function brokenRules(page: Page, forms: readonly Form[] = FORMS): Promise<string[]> {
  const broken: string[] = [];
  for (const { width, colorScheme } of forms) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    broken.push(...(await violationsOf(page)).map((rule) => `${colorScheme}, ${width} px: ${rule}`));
  }
  return broken;
}

/** Starts a collector that has counted nothing, and ends it with the test. */
async function startOther(options: Partial<CollectorOptions<typeof catalog>> = {}, port = 0) {
  const collector = createCollector({ catalog, bots: "count", environment: "production", ...options });
  const server = serveCollector({ collector, port });
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await collector.stop();
  };
  onTestFinished(close);
  const count = () =>
    fetch(`${address}/collect`, {
      method: "POST",
      headers: { origin: address },
      body: JSON.stringify({
        v: 1,
        id: "e".repeat(32),
        session: "e".repeat(32),
        sentAt: Date.now(),
        events: EVENTS,
      }),
    });
  return { collector, address, close, count };
}

async function openOther(address: string, query = ""): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(`${address}/realtime${query}`);
  return page;
}

/** Streams of one address that a collector accepts. */
const MOST_VIEWERS = 50;

/** Brings a page into each state, and returns the page with what shows that it is there. */
const STATES: Readonly<Record<string, () => Promise<readonly [page: Page, shown: string]>>> = {
  "first run": async () => [await openOther((await startOther()).address), "Waiting for the first event"],
  "first event": async () => {
    const other = await startOther();
    const page = await openOther(other.address);
    await page.getByText("Waiting for the first event").waitFor();
    await other.count();
    return [page, "The first event has arrived"];
  },
  "no data for the filter": async () => [
    await openOther(origin, "?route=/nowhere"),
    "No data for this filter",
  ],
  paused: async () => {
    const page = await openOther(origin);
    await page.getByRole("button", { name: "Pause" }).press("Enter");
    return [page, "Paused"];
  },
  disconnected: async () => {
    const other = await startOther();
    await other.count();
    const page = await openOther(other.address);
    await page.locator(".hero").waitFor();
    await other.close();
    return [page, "Disconnected"];
  },
  reconnected: async () => {
    const other = await startOther();
    await other.count();
    const page = await openOther(other.address);
    await page.locator(".hero").waitFor();
    await other.close();
    await page.getByText("Disconnected", { exact: true }).waitFor();
    const next = await startOther({}, Number(new URL(other.address).port));
    await next.count();
    await page.locator(".hero").waitFor();
    return [page, "Live"];
  },
  "token needed": async () => [await openOther((await startOther(PROTECTED)).address), "Token needed"],
  "wrong token": async () => [
    await openOther((await startOther(PROTECTED)).address, "#token=not-the-token"),
    "Wrong token",
  ],
  "too many viewers": async () => {
    const { address } = await startOther();
    const others = await Promise.all(
      Array.from({ length: MOST_VIEWERS }, () => fetch(`${address}/realtime/metrics`)),
    );
    onTestFinished(async () => {
      await Promise.all(others.map(async ({ body }) => body?.cancel()));
    });
    return [await openOther(address), "Too many viewers"];
  },
  "collector stopping": async () => {
    const other = await startOther();
    await other.count();
    const page = await openOther(other.address);
    await page.locator(".hero").waitFor();
    await other.collector.stop();
    return [page, "Collector stopping"];
  },
  "link that was altered": async () => [
    await openOther((await startOther(PROTECTED)).address, `#token=rkl1.9999999999.${"x".repeat(43)}`),
    "Link not valid",
  ],
};

const PROTECTED = {
  access: {
    open: ["collect"],
    tokens: [{ name: "board", secret: "a-token-of-scope-live", scopes: ["live"] }],
  },
} as const satisfies Partial<CollectorOptions<typeof catalog>>;

test.each(Object.keys(STATES))("the state %s breaks no rule of axe", async (state) => {
  const [page, shown] = await STATES[state]!();
  await page.getByText(shown).filter({ visible: true }).first().waitFor();
  expect(await brokenRules(page)).toEqual([]);
});

const MENUS: Readonly<Record<string, readonly [view: string, opener: string, opened: string]>> = {
  "the help of a figure": ["experience", ".helpButton", ".help:popover-open"],
  "the choice of the wall display": ["overview", ".wall", ".wallSetup:popover-open"],
  "the details of an event": ["events", ".opener", ".opened dl"],
  "the stack of an error": ["errors", ".errorGroups summary", ".errorDetails pre"],
};

test.concurrent.each(Object.keys(MENUS))("%s, opened by keyboard, breaks no rule of axe", async (menu) => {
  const [view, opener, opened] = MENUS[menu]!;
  const page = await open(view);
  await page.locator(opener).first().press("Enter");
  await page.locator(opened).first().waitFor();
  expect(await brokenRules(page)).toEqual([]);
  expect(await page.locator(opened).first().isVisible()).toBe(true);
  await page.context().close();
});

/** Shows its alert as soon as a page reports an error; its action waits for a person. */
const alarmed = defineCatalog({
  ...catalog,
  alerts: {
    page_errors: {
      when: { increase: "rum_js_errors_total", over: "5m", above: 0 },
      severity: "critical",
      summary: "{value} errors in pages.",
      runbook: "https://wiki.example/page-errors",
    },
    slow_pages: { when: { quantile: 0.75, of: "rum_lcp_seconds", above: 4 }, severity: "warning" },
  },
});

/** Starts a peer that takes requests, and returns its address and their bodies. */
async function startPeer(): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  const peer = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      bodies.push(body);
      response.end("ok");
    });
  }).listen(0, "127.0.0.1");
  await once(peer, "listening");
  onTestFinished(() => {
    peer.close();
    peer.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(peer.address() as AddressInfo).port}/hook`, bodies };
}

/** Closes the dialog and presses a button before the browser says that it is closed. Returns the title of the next dialog. */
async function pressAfterClose(button: string): Promise<string | undefined> {
  const dialog = document.querySelector("dialog")!;
  const closed = new Promise((resolve) => dialog.addEventListener("close", resolve));
  dialog.close();
  [...document.querySelectorAll("button")].find(({ textContent }) => textContent === button)!.click();
  await closed;
  // What the page does about it.
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return document.querySelector("dialog[open] h2")?.textContent;
}

test("an alert is on the page as it fires; it is acknowledged, silenced and its action approved by keyboard", async () => {
  const peer = await startPeer();
  const tokenOf = (name: string): string => `a-token-of-${name}-for-tests`;
  const port = await freePort();
  const options = {
    catalog: alarmed,
    allowedOrigins: [`http://127.0.0.1:${port}`],
    access: {
      open: ["collect"],
      tokens: [
        { name: "ann", secret: tokenOf("ann"), scopes: ["alerts"] },
        { name: "board", secret: tokenOf("board"), scopes: ["live"] },
      ],
    },
    alerts: {
      receivers: { hook: { type: "webhook", url: peer.url } },
      actions: { rollback: { match: ["alertname=ShopPageErrors"], url: peer.url } },
      allowPrivateAddresses: ["127.0.0.0/8"],
    },
  } as Partial<CollectorOptions<typeof catalog>>;
  const { address, count } = await startOther(options, port);
  const page = await openOther(address, `?view=experience#token=${tokenOf("ann")}`);
  await page.locator("main[data-view=experience]").waitFor();
  expect(await page.title()).toMatch(/^shop · /);

  await count();
  const banner = page.getByRole("region", { name: "Alerts that fire" });
  await banner.getByText("ShopPageErrors").waitFor();
  expect(await page.title()).toMatch(/^⚠ ShopPageErrors · shop/);
  // The threshold of the other alert is in the chart of its figure.
  await page.getByRole("img", { name: /Alert ShopSlowPages, warning: above 4\.00 s/ }).waitFor();
  await banner.getByRole("button", { name: "Show alerts" }).press("Enter");

  await page.locator(".alertList summary", { hasText: "ShopPageErrors" }).first().press("Enter");
  await page.getByRole("region", { name: "Notices of ShopPageErrors" }).getByText("delivered").waitFor();
  await page.locator(".alertDetails .auditTrail > summary").press("Enter");
  await page.locator(".auditTrail li", { hasText: "fired it" }).first().waitFor();
  expect(await brokenRules(page), "an open alert").toEqual([]);

  const act = async (button: string, reason: string): Promise<void> => {
    await page.getByRole("button", { name: button }).first().press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("As ann").waitFor();
    await dialog.getByLabel("Reason").fill(reason);
    await dialog.locator("[type=submit]").press("Enter");
    await dialog.waitFor({ state: "detached" });
  };
  await page.getByRole("button", { name: "Silence…" }).first().press("Enter");
  expect(await brokenRules(page, FORMS.slice(1)), "the dialog of a silence").toEqual([]);
  await page.keyboard.press("Escape");
  const focused = () => page.evaluate(() => document.activeElement?.closest("li, dialog")?.textContent);
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Silence…");
  await page.getByRole("button", { name: "Silence…" }).first().press("Enter");
  expect(await page.evaluate(pressAfterClose, "Approve…")).toBe("Approve rollback");
  await page.keyboard.press("Escape");
  await act("Approve…", "The release is bad.");
  await expect.poll(() => peer.bodies.some((body) => body.includes("rollback"))).toBe(true);
  await page.locator(".alertItem", { hasText: /rollback.*Approved by ann/s }).waitFor();
  // Its button is gone, and so is the place of its list: the focus is still in its row.
  await expect.poll(focused).toMatch(/rollback.*Approved by ann/s);
  await act("Acknowledge…", "I look into it.");
  await banner.getByText("acknowledged by ann").waitFor();
  await expect.poll(focused).toContain("ShopPageErrors");
  await act("Silence…", "Known.");
  await banner.waitFor({ state: "detached" });
  // An objective is missed, too.
  await expect.poll(() => page.title()).not.toContain("ShopPageErrors");
  await page.locator(".auditTrail li", { hasText: "acknowledged it: I look into it." }).waitFor();

  const reader = await openOther(address, `?view=alerts#token=${tokenOf("board")}`);
  await reader.getByText("Read only:").waitFor();
  expect(await reader.locator("main").getByRole("button", { name: "…" }).count()).toBe(0);

  await act("End the silence", "Over.");
  await banner.waitFor();
  await reader.getByRole("region", { name: "Alerts that fire" }).waitFor();
});

test("the Web Vitals are by route and by device, and each filters the page", async () => {
  const page = await open("experience");
  // Within 1 % of 6.2.
  const lcp: unknown = expect.stringMatching(/^6\.[12]\d s$/);
  const rowOf = (label: string): Promise<string[]> =>
    page
      .getByRole("region", { name: `Web Vitals by ${label} as a table` })
      .locator("tbody tr")
      .first()
      .locator("td")
      .allInnerTexts();
  await expect
    .poll(() => rowOf("route"))
    .toEqual([
      "/",
      lcp,
      expect.stringMatching(/^(29|30)\d ms$/),
      expect.stringMatching(/^0\.(29|30)$/),
      "–",
      "–",
    ]);
  expect((await rowOf("device"))[1]).toEqual(lcp);
  await page.getByRole("button", { name: /^6\.[12]\d s, filter by device desktop$/ }).press("Enter");
  await expect.poll(() => chips(page)).toEqual(["device desktop"]);
  await page.context().close();
});

test("axe finds what is wrong", async () => {
  const page = await open("events");
  await page.evaluate(() => document.body.append(document.createElement("button")));
  expect((await violationsOf(page)).join("\n")).toMatch(/^button-name: /m);
  await page.evaluate(() => document.body.append(Object.assign(document.createElement("p"), { id: "pale" })));
  await page.evaluate(() => {
    const pale = document.querySelector<HTMLElement>("#pale")!;
    pale.textContent = "Pale";
    Object.assign(pale.style, { color: "#777", background: "#888" });
  });
  expect((await violationsOf(page, "colors")).join("\n")).toMatch(/^color-contrast: .*Pale/m);
  expect((await violationsOf(page, "others")).join("\n")).not.toMatch(/^color-contrast: /m);
  await page.context().close();
});

test("help opens by keyboard, and closes on Escape with the focus where it was", async () => {
  const page = await open("experience");
  await page.locator(".helpButton").first().focus();
  await page.keyboard.press("Enter");
  await page.locator(".help:popover-open").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.locator(".help:popover-open").count()).toBe(0);
  expect(await page.evaluate(() => document.activeElement?.className)).toBe("helpButton");
  await page.context().close();
});

test("an event and an error open by keyboard", async () => {
  const page = await open("events");
  await page.locator(".opener").first().focus();
  await page.keyboard.press("Enter");
  await page.locator(".opened dl").waitFor();
  await page.getByRole("button", { name: "Errors", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.locator(".errorGroups summary").first().focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator(".errorDetails pre").innerText()).toContain("a.js");
  await page.context().close();
});

test("the large chart is saved as a picture, and its link has the state of the page", async () => {
  const page = await open("overview", { permissions: ["clipboard-read", "clipboard-write"] });
  // The radio button lies under its label.
  await page.getByText("15 min", { exact: true }).click();
  await page.getByRole("button", { name: "Copy link" }).press("Enter");
  await page.getByRole("button", { name: "Link copied" }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${origin}/realtime?window=900`);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save as PNG" }).press("Enter"),
  ]);
  expect(download.suggestedFilename()).toMatch(/^[a-z\d-]+\.png$/);
  expect(
    readFileSync(await download.path())
      .subarray(1, 4)
      .toString(),
  ).toBe("PNG");
  await page.context().close();
});

/** Counts the locks of the screen that the page holds, beside what the browser answers. */
function watchWakeLock(): void {
  const held = { asked: 0, released: 0 };
  Object.assign(globalThis, { held });
  const { wakeLock } = navigator;
  const request = wakeLock.request.bind(wakeLock);
  wakeLock.request = async (type) => {
    held.asked += 1;
    const lock = await request(type);
    lock.addEventListener("release", () => (held.released += 1));
    return lock;
  };
}

const CARDS = [expect.stringMatching(/ today$/), "LCP, 75th percentile"];

test("a wall display is reached by its button with chosen cards, keeps the screen on, and is left by a key", async () => {
  // The shell denies every page the lock of a screen.
  const whole = await launchChromium();
  onTestFinished(() => whole.close());
  const context = await whole.newContext({ viewport: { width: 1920, height: 1080 } });
  await context.addInitScript(watchWakeLock);
  const page = await context.newPage();
  const held = () =>
    page.evaluate(() => (globalThis as unknown as { held: { asked: number; released: number } }).held);
  await page.goto(`${origin}/realtime`);
  await page.getByRole("button", { name: "Wall display" }).click();
  const setup = page.locator(".wallSetup");
  const checked = setup.getByRole("checkbox", { checked: true });
  while ((await checked.count()) > 0) await checked.first().uncheck();
  for (const name of ["conversion_purchase_today", "lcp_p75"]) await setup.locator(`[value=${name}]`).check();
  await setup.getByRole("combobox").selectOption("10");
  expect(await held()).toEqual({ asked: 0, released: 0 });
  await setup.getByRole("button", { name: "Show" }).click();

  await page.locator(".clock").waitFor();
  expect(new URL(page.url()).search).toBe("?kiosk=10&cards=conversion_purchase_today,lcp_p75");
  const cards = () => page.locator("article:visible").evaluateAll((all) => all.map((card) => card.ariaLabel));
  await expect.poll(cards).toEqual(CARDS);
  expect(await page.locator(".clock").innerText()).toMatch(/^\d\d:\d\d:\d\d$/);
  expect(await page.locator(".status").innerText()).toMatch(/Live\s+updated (now|\d+ s ago)/);
  await expect.poll(held).toEqual({ asked: 1, released: 0 });

  // So does a screen that starts again.
  await page.reload();
  await expect.poll(cards).toEqual(CARDS);
  await expect.poll(held).toEqual({ asked: 1, released: 0 });
  await page.keyboard.press("k");
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await expect.poll(held).toEqual({ asked: 1, released: 1 });
  await context.close();
});

/**
 * The share of a screen's width that the smallest text has. On a screen of 55 inches (1.22 m wide), 1.1 % are 13 mm, so that
 * capitals are over 9 mm high. One can read at three meters what is a 350th of it, 8.6 mm.
 */
const SMALLEST_TEXT = 0.011;

test.each([1920, 3840])("a wall display of %s px can be read from three meters, and fits", async (width) => {
  const context = await browser.newContext({ viewport: { width, height: (width / 16) * 9 } });
  const page = await context.newPage();
  for (const view of ["overview", "business", "experience", "errors", "backend"]) {
    await page.goto(`${origin}/realtime?view=${view}&kiosk`);
    await page.locator(`main[data-view=${view}] :is(article, .errorGroups)`).first().waitFor();
    const { small, overflow, scrolls } = await page.evaluate((least) => {
      const hasText = (element: Element): boolean =>
        [...element.childNodes].some(
          (node) => node.nodeType === Node.TEXT_NODE && node.nodeValue!.trim() !== "",
        );
      const texts = [...document.querySelectorAll("body *")].filter(
        (element) =>
          (hasText(element) || element.matches(".chart")) &&
          element.checkVisibility({ opacityProperty: true }) &&
          !element.closest(".visuallyHidden"),
      );
      const sizeOf = (element: Element): number => Number.parseFloat(getComputedStyle(element).fontSize);
      const root = document.documentElement;
      return {
        small: texts
          .filter((element) => sizeOf(element) < least)
          .map(({ outerHTML }) => outerHTML.slice(0, 120)),
        overflow: [...document.querySelectorAll("article, .vital, .cost, header > *")]
          .filter((element) => element.checkVisibility())
          .filter((element) => element.getBoundingClientRect().bottom > innerHeight)
          .map(({ outerHTML }) => outerHTML.slice(0, 120)),
        scrolls: [root.scrollWidth > innerWidth, root.scrollHeight > innerHeight],
      };
    }, SMALLEST_TEXT * width);
    expect([view, small, overflow, scrolls]).toEqual([view, [], [], [false, false]]);
  }
  await context.close();
});

test("a wall display with a number shows each view in turn", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(`${origin}/realtime?kiosk=60`);
  for (const view of ["overview", "business", "experience"]) {
    await page.locator(`main[data-view=${view}]`).waitFor();
    await page.clock.fastForward(60_000);
  }
  await context.close();
});

test("below a prefix and at another path, a read-only link opens the page until it ends, and leaks nowhere", async () => {
  // Before the collector is created, which keeps the clock that it finds.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  onTestFinished(() => void vi.useRealTimers());
  const secret = "a-token-of-scope-live";
  const tokens = [{ name: "board", secret, scopes: ["live"] }] as const;
  const collector = createCollector({
    catalog,
    livePath: "/status/board",
    access: { open: ["collect"], tokens },
  });
  const app = new Hono()
    .all("/api/*", (c) => c.text("the app's API"))
    .route("/internal", collector.app)
    .get("*", (c) => c.text("the app's page"));
  const server = serveCollector({ collector, fetch: app.fetch, basePath: "/internal" });
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await collector.stop();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/internal/status/board`;
  const openAt = async (url: string, at = Date.now()): Promise<Page> => {
    const page = await (await browser.newContext()).newPage();
    await page.clock.setSystemTime(at);
    await page.goto(url);
    return page;
  };
  const own = await openAt(`${address}?view=errors#token=${secret}`);
  await own.locator("main[data-view=errors]").waitFor();
  expect(own.url()).toBe(`${address}?view=errors`);
  await own.getByRole("button", { name: "Share", exact: true }).click();
  await own.getByRole("button", { name: "Copy read-only link (24 h)" }).click();
  const link = await own.getByLabel("Read-only link").inputValue();
  expect(await brokenRules(own), "the menu Share").toEqual([]);
  expect(link).toMatch(
    new RegExp(`^${address}\\?view=errors#token=rkl1\\.\\d{10}\\.[\\w-]{11}\\.[\\w-]{43}$`),
  );

  const token = new URL(link).hash.slice("#token=".length);
  const page = await (await browser.newContext()).newPage();
  const leaks: string[] = [];
  page.on("request", (request) => {
    const { authorization: _sent, ...headers } = request.headers();
    if (request.url().split("#")[0]!.includes(token) || JSON.stringify(headers).includes(token))
      leaks.push(request.url());
  });
  await page.goto(link);
  await page.locator("main[data-view=errors]").waitFor();
  expect([page.url(), leaks]).toEqual([`${address}?view=errors`, []]);
  expect((await page.context().cookies()).length).toBe(0);
  expect(await brokenRules(page), "by a link").toEqual([]);

  // The clocks of the collector and of the page: a link that ends before the page's clock says so was ended by a person.
  vi.setSystemTime(linkEndsAt(token)!);
  await page.clock.setSystemTime(linkEndsAt(token)!);
  await page.getByText("This link ended on").waitFor();
  expect(await page.locator("main[data-view]").count()).toBe(0);
  expect(await brokenRules(page), "after the link").toEqual([]);
  // The viewer with the token is not disturbed.
  expect(await own.locator("main[data-view=errors]").count()).toBe(1);
  const again = await openAt(link);
  await again.getByText("This link ended on").waitFor();
  await again.getByLabel("Enter your access token to see live data.").fill(secret);
  await again.getByRole("button", { name: "Continue" }).click();
  await again.locator("main[data-view=errors]").waitFor();
});

const chips = (page: Page): Promise<string[]> => page.locator(".filterChip").allTextContents();

test("a route filters by keyboard, the back button takes it back, and a link reproduces it", async () => {
  const page = await open("overview");
  await page
    .getByRole("button", { name: /, filter by route \/$/ })
    .first()
    .focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => chips(page)).toEqual(["route /"]);
  const { href } = new URL(page.url());
  expect(href).toBe(`${origin}/realtime?route=%2F`);
  await page.goBack();
  await expect.poll(() => chips(page)).toEqual([]);
  await page.goto(href);
  await expect.poll(() => chips(page)).toEqual(["route /"]);
  await page.getByRole("button", { name: "Remove the filter route /" }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => chips(page)).toEqual([]);
  // The button is gone, and the filter's bar with it: the next Tab starts in the content.
  await expect.poll(() => page.evaluate(() => document.activeElement?.localName)).toBe("main");
  expect(page.url()).toBe(`${origin}/realtime`);
  await page.context().close();
});

test("a rare event is found by its filter, also after many others", async () => {
  const page = await open("events");
  const names = () => page.locator(".eventRow .details").allInnerTexts();
  await page.goto(`${origin}/realtime?view=events&label.product=rare`);
  await page.getByText(/No data for this filter/).waitFor();
  // The collector keeps the newest events for viewers who come later: the rare one would be too old for them.
  await expect.poll(() => page.locator(".status").innerText()).toMatch(/^Live/);
  await report([look("rare")]);
  for (let batch = 0; batch < 10; batch += 1)
    await report(Array.from({ length: 30 }, (_, index) => look(`p${index}`)));
  await expect.poll(names).toEqual([expect.stringContaining("product=rare")]);
  await page.context().close();
});

test("the events of a page in this tab are outlined and called yours", async () => {
  const page = await open("events");
  const session = "0123456789abcdef".repeat(2);
  await page.evaluate(
    ([key, id]) => sessionStorage.setItem(key!, JSON.stringify({ id, began: 1, seen: 1, seq: 1 })),
    [`rumkit.session${origin}/collect`, session],
  );
  await report([look("mine")], session);
  await report([look("foreign")]);
  const own = page.locator("tr[data-own=true]");
  await expect.poll(() => own.allInnerTexts()).toEqual([expect.stringMatching(/You[^]*product=mine/)]);
  expect(await own.evaluate((row) => getComputedStyle(row).outlineStyle)).toBe("solid");
  await page.context().close();
});

test("a burst is one row and a number, and hovering or focus holds the rows with a count of what waits", async () => {
  const page = await open("overview");
  await page.locator(".just li").first().waitFor();
  await report(Array.from({ length: 45 }, (_, index) => look(`burst${index}`)));
  await expect.poll(() => page.locator(".just .more").allInnerTexts()).toContain("+44 more");
  const waiting = page.locator(".just .chips .hint");
  await page.locator(".just").hover();
  await report([look("a"), look("b"), look("c")]);
  await expect.poll(() => waiting.allInnerTexts()).toEqual(["3 waiting"]);
  await page.mouse.move(0, 0);
  await expect.poll(() => waiting.count()).toBe(0);
  // They come one after the other.
  await page.locator('.just li[title*="product=c"]').waitFor();
  await page.locator(".just").getByRole("button", { name: "Business" }).focus();
  await report([look("d")]);
  await expect.poll(() => waiting.allInnerTexts()).toEqual(["1 waiting"]);
  await page.context().close();
});

test("the arrow keys read single values of the large chart", async () => {
  const page = await open("overview");
  await page.locator(".mainChart .chart").focus();
  await page.keyboard.press("ArrowLeft");
  const said = page.locator(".mainChart [role=status]");
  await expect.poll(() => said.innerText()).toMatch(/ at \d\d:\d\d:\d\d$/);
  const first = await said.innerText();
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => said.innerText()).not.toBe(first);
  await page.context().close();
});

const tool = ["CAD <b>", "CAM"] as const;

const licenses = defineCatalog({
  app: "licenses",
  routes: [],
  conversions: {
    borrow: { help: "Licenses borrowed.", from: "server", labels: { tool } },
    overage: { help: "Licenses beyond.", from: "server", labels: { tool }, value: { money: ["USD"] } },
  },
  gauges: {
    borrowed: { help: "Licenses in use.", labels: { tool }, outOf: "pool" },
    pool: { help: "Licenses in all.", labels: { tool } },
  },
  live: {
    cards: {
      borrows: { title: "Borrows / minute", rate: "conversion:borrow", per: "minute", by: "tool" },
      overage_rate: { ratio: "conversion:overage", to: "conversion:borrow", warning: 0.15, critical: 0.3 },
      cost: { title: "Cost / minute", money: "conversion:overage" },
      active: { gauge: "borrowed", by: "tool" },
    },
    charts: {
      rate: { figure: "card_borrows" },
      usage: { gauge: "borrowed", by: "tool" },
      by_tool: { rate: "conversion:borrow", by: "tool" },
    },
    activity: { events: ["conversion:borrow"], columns: ["tool", "user"] },
  },
});

test("declared cards and charts show what was counted, narrow with the filter, and break no rule of axe", async () => {
  const { collector, address } = await startOther({ catalog: licenses as never });
  const reporter = collector as unknown as Collector<typeof licenses>;
  for (const [of, used] of [
    ["CAD <b>", 10],
    ["CAM", 7],
  ] as const) {
    reporter.setGauge("pool", 10, { tool: of });
    reporter.setGauge("borrowed", used, { tool: of });
  }
  for (let count = 0; count < 10; count += 1)
    await reporter.trackConversion("borrow", {
      id: `b${count}`,
      tool: count < 7 ? "CAM" : "CAD <b>",
      user: "eve",
    });
  for (const id of ["o1", "o2", "o3", "o4"])
    await reporter.trackConversion("overage", { id, tool: "CAM", value: 500, currency: "USD" });
  const page = await openOther(address, "?window=60");
  const card = (name: string) => page.getByRole("article", { name });
  await card("Borrows / minute").getByText("10", { exact: true }).waitFor();
  await card("Overage rate").getByText("Critical").waitFor();
  await card("Cost / minute").getByText("$2,000.00").first().waitFor();
  await card("Active").getByText("of 20").waitFor();
  expect(await page.getByRole("region", { name: "Usage" }).getByRole("listitem").allInnerTexts()).toEqual([
    expect.stringMatching(/^CAD <b>\s+10 of 10, 0 available$/),
    expect.stringMatching(/^CAM\s+7 of 10, 3 available$/),
  ]);
  expect(await page.getByRole("row").filter({ hasText: "Borrow" }).count()).toBe(10);
  expect(await brokenRules(page)).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await page
    .getByRole("region", { name: "Usage" })
    .getByRole("button", { name: "CAM, filter by tool" })
    .click();
  await card("Borrows / minute").getByText("7", { exact: true }).waitFor();
  expect(await page.getByRole("note").innerText()).toContain(
    "Overage rate, Cost / minute are of the whole app.",
  );
  expect(await page.locator(".stackRow").count()).toBe(1);
});

test("the heat strip has the answers of the backend, and the same in a table", async () => {
  // The strip has the last five minutes only.
  await fetch(`${origin}/api/cart`);
  const page = await open("backend");
  await page.locator(".heat rect").first().waitFor();
  await page.locator(".heat summary").focus();
  await page.keyboard.press("Enter");
  const cells = await page.locator(".heat td.count").allInnerTexts();
  expect(cells.reduce((sum, text) => sum + Number(text), 0)).toBeGreaterThanOrEqual(1);
  await page.getByRole("button", { name: "/api/cart, filter by route" }).first().click();
  await page.locator(".heat h2", { hasText: "of /api/cart" }).waitFor();
  await page.context().close();
});

test("on a phone the header is one row, the banner two lines, and the numbers begin in the upper third", async () => {
  // A banner reports the last minutes only.
  await report(EVENTS);
  const page = await open("overview", { viewport: { width: 390, height: 844 } });
  await page.locator(".banner").waitFor();
  const heightOf = async (selector: string) => (await page.locator(selector).boundingBox())!.height;
  expect(await heightOf(".pageHeader")).toBeLessThan(48);
  expect(await heightOf(".missed")).toBeLessThan(44);
  expect((await page.locator(".hero").boundingBox())!.y).toBeLessThan(844 / 3);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await page.context().close();
});
