/** Texts of strangers on the live page: they stay text, whatever they hold. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { defineCatalog } from "@rumkit/protocol";
import { createCollector, serveCollector } from "@rumkit/server";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectSoon } from "../support/expectSoon.ts";
import { launchShell } from "../support/chromium.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: { look: { help: "Looks." } },
});

let browser: Browser;
/** Functions that end the collectors of the tests. */
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  browser = await launchShell();
});
afterAll(async () => {
  await browser.close();
  for (const stop of stops) await stop();
});

/** The live page of a new collector. */
interface Watched {
  readonly page: Page;
  /** Unexpected actions of the page: scripts, requests, violations of its policy, errors. */
  readonly incidents: string[];
  readonly origin: string;
}

async function open(): Promise<Watched> {
  const collector = createCollector({
    catalog,
    // The sender here says that it is not a browser.
    bots: "count",
    runtimeMetrics: false,
    environment: "production",
  });
  const server = serveCollector({ collector });
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stops.push(async () => {
    server.close();
    await collector.stop();
  });
  const incidents: string[] = [];
  const page = await (await browser.newContext()).newPage();
  page.on("dialog", (dialog) => {
    incidents.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => incidents.push(`error ${error.message}`));
  page.on("console", (message) => incidents.push(`console ${message.text()}`));
  page.on("request", (request) => {
    const { pathname, origin: asked } = new URL(request.url());
    if (asked !== origin || !/^\/(realtime|favicon)/.test(pathname))
      incidents.push(`request ${request.url()}`);
  });
  await page.exposeFunction("ran", (what: string) => incidents.push(`script ${what}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      (globalThis as unknown as { ran(what: string): void }).ran(`${violatedDirective} ${blockedURI}`);
    });
  });
  await page.goto(`${origin}/realtime?view=events`);
  // What it shows while it connects is not what it shows then.
  await page.getByText("Live", { exact: true }).first().waitFor();
  return { page, incidents, origin };
}

let ids = 0;
async function report(origin: string, ...events: readonly object[]): Promise<number> {
  ids += 1;
  const answer = await fetch(`${origin}/collect`, {
    method: "POST",
    headers: { origin },
    body: JSON.stringify({
      v: 1,
      id: ids.toString(16).padStart(32, "0"),
      session: "f".repeat(32),
      sentAt: Date.now(),
      events,
    }),
  });
  return answer.status;
}

/** An action with a text in every place that the page shows, and an error that says it. */
function saying(text: string): object[] {
  return [
    { type: "action", name: "look", route: "/", details: { title: text, [text]: "key" } },
    { type: "click", name: text, route: text },
    {
      type: "error",
      source: "uncaught",
      name: text,
      message: text,
      stack: `${text}\n    at f (${text}:1:1)`,
    },
    { type: "api_call", name: text, value: 1, route: text },
  ];
}

/** The parts of the document that strangers could have put there. */
function strangers(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = [
      ...document.querySelectorAll(
        // The form of the wall display is the page's.
        "img, iframe, object, embed, svg:not([aria-hidden=true], .heat svg), form:not(.wallSetup > form), base, math, video, a[href]",
      ),
    ];
    const scripts = [...document.scripts].filter((script) => !script.src.startsWith(location.origin));
    // Each without what is in it, which is listed by itself: the page's own form has a box for each card that it could show.
    return [...found, ...scripts].map((element) => (element.cloneNode(false) as Element).outerHTML);
  });
}

describe("is shown as it is, runs nothing, asks for nothing", () => {
  // Beside each other, because a page waits for its browser and its stream most of the time.
  test.concurrent.each<[what: string, text: string]>([
    ["markup in a title", `<img src=x onerror="ran('img')">`],
    ["the end of a script", `</script><script>ran("script")</script>`],
    ["a script as an address", `javascript:ran("address")`],
    [
      "an image with a script",
      `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='ran("svg")'/>`,
    ],
    ["a drawing", `<svg><animate onbegin=ran("svg") attributeName=x dur=1s>`],
    ["a template", `{{constructor.constructor('ran("template")')()}} \${ran("template")}`],
    ["the end of a frame of the stream", `\n\ndata: {"kind":"snapshot"}\n\nevent: x`],
    ["an attribute", `" onfocus=ran("attribute") autofocus x="`],
  ])("%s", async (_what, text) => {
    const { page, incidents, origin } = await open();
    const tail = (): Promise<string> => page.locator("table.tail").innerText();
    const before = await strangers(page);
    expect(await report(origin, ...saying(text))).toBe(202);
    // Once as a change, and once more in what a viewer begins with; with every series open, too.
    const [line = ""] = text.trim().split("\n");
    await expectSoon(tail).toContain(line);
    await page.reload();
    await expectSoon(tail).toContain(line);
    // A filter puts it into a chip, the address, and the query of another stream; a link has it, too.
    await page.locator("[data-type=click] .name .filterValue").first().click();
    await expectSoon(() => page.locator(".filterBar").innerText()).toContain(line);
    await page.reload();
    await expectSoon(() => page.locator(".filterBar").innerText()).toContain(line);
    await expectSoon(tail).toContain(line);
    await page.locator(".filterChip button").click();
    await page.locator("table.tail td").first().hover();
    await page.getByRole("button", { name: "Collector" }).click();
    await page.locator("details.totals summary").click();
    await expectSoon(() => page.locator("details.totals table").innerText()).toContain(
      "rum_events_accepted_total",
    );
    await page.getByRole("button", { name: "Errors", exact: true }).click();
    await expectSoon(() => page.locator(".errorGroups").innerText()).toContain(line);
    await page.locator(".errorGroups summary").first().click();
    await page.getByRole("button", { name: "Refused" }).click();
    await page.getByRole("button", { name: "Overview" }).click();
    await page.getByRole("button", { name: "All", exact: true }).click();
    await expectSoon(() => page.locator("#errors li").first().innerText()).toContain(line);
    await page.locator(".just li").first().hover();
    await page.keyboard.press("Tab");
    expect(await strangers(page)).toEqual(before);
    expect(incidents).toEqual([]);
    await page.context().close();
  });
});

test("the watcher of the page reports markup, violations of its policy, and scripts", async () => {
  const { page, incidents } = await open();
  const before = await strangers(page);
  await page.evaluate(() => {
    const image = document.createElement("img");
    image.src = "https://elsewhere.example/x";
    document.body.append(image);
    (globalThis as unknown as { ran(what: string): void }).ran("here");
  });
  expect(await strangers(page)).toHaveLength(before.length + 1);
  await expectSoon(() => incidents.join("\n")).toMatch(
    /^script here$[^]*script img-src https:\/\/elsewhere.example/m,
  );
});

test("invisible characters, ten million of them, leave the page small and quick to answer", async () => {
  const { page, incidents, origin } = await open();
  const invisible = "\u200b\u200d\u200c\ufeff\u2060".repeat(400);
  const event = { type: "action", name: "look", details: { [invisible.slice(0, 100)]: invisible } };
  // Of three bytes each, so eight events fit a batch of 64 KiB.
  for (let batch = 0; batch < 600; batch += 1) {
    expect(await report(origin, ...Array.from({ length: 8 }, () => event))).toBe(202);
  }
  expect(600 * 8 * (invisible.length + 100)).toBeGreaterThan(10_000_000);
  await expectSoon(() => page.locator("table.tail tbody tr").count()).toBeGreaterThan(10);
  const cells = await page.locator("td.details").allInnerTexts();
  for (const cell of cells) expect(cell.length).toBeLessThan(400);
  const length = await page.evaluate(() => document.documentElement.outerHTML.length);
  expect(length).toBeLessThan(500_000);
  expect(incidents).toEqual([]);
});
