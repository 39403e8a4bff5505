/**
 * Input of users and of scripts, with real input in Chromium and Firefox: clicks and frustration as the
 * built page package sends them. One browser of each kind, and one server.
 */
import { type Batch, defineCatalog } from "@rumkit/protocol";
import type { Browser as Chromium } from "playwright-core";
import type { Browser as Firefox } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DRIVER_TIMEOUT_MS, launchShell } from "../support/chromium.ts";
import { launchFirefox } from "../support/engines/firefox.ts";
import { clickFast } from "../support/fastClicks.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { arrived, started } from "../support/visits.ts";
import { clickWithEffect, WATCHED_CLICKS } from "../support/watchedClicks.ts";

const catalog = defineCatalog({ app: "input", routes: ["/", "/next"], actions: { end: { help: "Ends." } } });

let server: PageServer;
let chromium: Chromium;
let firefox: Firefox;

beforeAll(async () => {
  server = await startPageServer(
    catalog,
    `import { createMetrics } from "@rumkit/browser";
     // Before the client's own listeners, so that it leaves with the last of what is counted here.
     // And at its last event: Firefox may end the one before at any line.
     let isLeaving = false;
     const end = () => isLeaving && metrics.trackAction("end");
     addEventListener("pagehide", () => { isLeaving = true; end(); }, true);
     addEventListener("visibilitychange", end, true);
     ${WATCHED_CLICKS}
     globalThis.metrics = createMetrics();`,
    {},
    { routes: (app) => app.get("/api/*", (c) => c.json({})) },
  );
  chromium = await launchShell();
  firefox = await launchFirefox();
});
afterAll(async () => {
  await chromium.close();
  await firefox.close();
  await server.stop();
});

/** The common interface of the two drivers. */
interface Visit {
  run(script: string): Promise<unknown>;
  click(selector: string, times?: number): Promise<void>;
  readonly keyboard: {
    down(key: never): Promise<void>;
    up(key: never): Promise<void>;
    press(key: never): Promise<void>;
    type(text: string): Promise<void>;
  };
  onDialog(answer: (dialog: { dismiss(): Promise<void> }) => void): void;
  close(): Promise<void>;
}

async function openIn(browser: string, permissions: string[]): Promise<Visit> {
  if (browser === "Chromium") {
    const context = await chromium.newContext({ permissions });
    const page = await context.newPage();
    await page.goto(`${server.origin}/`);
    return {
      run: (script) => page.evaluate(script),
      click: (selector, count = 1) =>
        count > 1 ? clickFast(page, page.locator(selector), count) : page.click(selector, { force: true }),
      keyboard: page.keyboard,
      onDialog: (answer) => void page.on("dialog", answer),
      close: async () => {
        await page.evaluate(inputHandled);
        // Not the context at once: its pages would not hear that they are left.
        await page.close();
      },
    };
  }
  const page = await firefox.newPage();
  page.setDefaultTimeout(DRIVER_TIMEOUT_MS);
  await page.goto(`${server.origin}/`);
  return {
    run: (script) => page.evaluate(script),
    click: (selector, count = 1) => page.click(selector, { count }),
    keyboard: page.keyboard,
    onDialog: (answer) => void page.on("dialog", answer),
    close: async () => {
      await page.evaluate(inputHandled);
      await page.close();
    },
  };
}

/** Waits until the page has handled all input: browsers hand it over with the next frame, also after the driver's answer. Runs in the page. */
function inputHandled(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

type Counted = Record<string, number>;

/** Visits so far: every batch says of which it is. */
let visits = 0;

/** Opens a tab with the body, acts, leaves, and counts what arrived of the types by type and name. */
async function visit(
  browser: string,
  types: RegExp,
  body: string,
  act: (page: Visit) => Promise<unknown>,
  permissions: string[] = [],
): Promise<Counted> {
  const page = await openIn(browser, permissions);
  await started({ evaluate: (script) => page.run(script) });
  visits += 1;
  const id = visits;
  await page.run(`metrics.setContext({ visit: ${id} })`);
  // Scripts of `innerHTML` do not run, handlers in attributes do.
  await page.run(`document.body.innerHTML = ${JSON.stringify(body)}; 0`);
  await page.run(`(${setUpShadowTrees.toString()})()`);
  await act(page);
  await page.close();
  const isOfVisit = ({ context }: Batch): boolean => context?.["visit"] === id;
  const batches = await arrived(
    server,
    (batch) => isOfVisit(batch) && batch.events.some(({ type }) => type === "action"),
  );
  const counted: Counted = {};
  for (const event of batches.filter(isOfVisit).flatMap(({ events }) => events)) {
    const key = `${event.type} ${"name" in event ? event.name : ""}`;
    if (types.test(event.type)) counted[key] = (counted[key] ?? 0) + (event.count ?? 1);
  }
  return counted;
}

/** A `<template data-for=id data-mode=…>` becomes the shadow tree of the element. Runs in the page. */
function setUpShadowTrees(): void {
  for (const template of document.querySelectorAll<HTMLTemplateElement>("template[data-for]")) {
    const host = document.getElementById(template.dataset["for"]!)!;
    const mode = (template.dataset["mode"] ?? "open") as ShadowRootMode;
    host.attachShadow({ mode }).append(template.content);
    template.remove();
  }
}

function testInput(browser: string): void {
  test("a click on a label and its echo on the control are one click, and three clicks are three", async () => {
    const counted = await visit(
      browser,
      /^click/,
      `<p><label data-rum=nested><b id=nested>Nested</b> <input type=checkbox id=own></label></p>
       <p><label for=f data-rum=for id=for>For</label> <input id=f type=radio></p>
       <p><label for=n id=named>Named control</label> <input id=n type=checkbox data-rum=control></p>
       <p><label id=plain>Plain <input type=checkbox></label></p>
       <p><label id=prevented data-rum=prevented onclick="event.preventDefault()">Prevented <input id=direct type=checkbox></label></p>
       <p><label id=disabled data-rum=disabled>Disabled <input id=off type=checkbox disabled></label></p>
       <p><label id=with-link data-rum=consent><a id=terms href=#terms data-rum=terms>Terms</a> <input id=agree type=checkbox></label></p>
       <div id=host></div><template data-for=host><label data-rum=shadow id=inner><i>Shadow</i> <input type=checkbox></label></template>`,
      async (page) => {
        await page.click("#nested");
        await page.click("#own");
        await page.click("#for", 3);
        await page.click("#named");
        await page.click("#plain");
        // No echo follows: the next click on the control is the user's own.
        await page.click("#prevented");
        await page.click("#direct");
        await page.click("#disabled");
        await page.run("off.disabled = false");
        await page.click("#off");
        await page.click("#terms");
        await page.click("#agree");
        await page.click("#host >>> i".replace(">>>", browser === "Chromium" ? "" : ">>>"));
      },
    );
    expect(counted).toEqual({
      "click nested": 2,
      "click for": 3,
      "click control": 1,
      "click tag:input": 1,
      "click prevented": 2,
      "click disabled": 2,
      "click terms": 1,
      "click consent": 1,
      "click shadow": 1,
    });
  });

  test("keys click a control and a button, a held key is not rage", async () => {
    const counted = await visit(
      browser,
      /click/,
      `<label data-rum=box>Box <input id=box type=checkbox></label>
       <button id=more data-rum=more onclick="this.title += 1">More</button>`,
      async (page) => {
        await page.run("box.focus()");
        await page.keyboard.press(" " as never);
        await page.keyboard.press(" " as never);
        await page.run("more.focus()");
        for (let repeats = 0; repeats < 5; repeats += 1) await page.keyboard.down("Enter" as never);
        await page.keyboard.up("Enter" as never);
      },
    );
    expect(counted).toEqual({ "click box": 2, "click more": 5 });
  });

  test("clicks by script do not count, whatever they click, and what they click counts no user", async () => {
    const counted = await visit(
      browser,
      /click/,
      `<button id=user data-rum=user onclick="for (let i = 0; i < 5; i += 1) { other.click(); name.click(); file.click(); }">Go</button>
       <button id=other data-rum=other>Other</button> <label id=name data-rum=label>Label <input type=checkbox></label>
       <input type=file id=file hidden data-rum=file>`.replaceAll("name", "labeled"),
      async (page) => {
        await page.run("for (let i = 0; i < 5; i += 1) { other.click(); labeled.click(); }");
        await page.run("other.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 1 }))");
        await page.click("#user");
      },
    );
    expect(counted).toEqual({ "click user": 1 });
  });

  test("three clicks that select text are not rage, three on a button or a link are", async () => {
    const counted = await visit(
      browser,
      /rage/,
      `<p id=text data-rum=text>Some words to select</p> <input id=field data-rum=field value="some words">
       <input id=readonly data-rum=readonly readonly value=key> <textarea id=area data-rum=area>words</textarea>
       <div contenteditable id=editor data-rum=editor>words</div> <input type=email id=email data-rum=email value=a@b.example>
       <button id=dead data-rum=dead>Dead</button> <a href=# id=link data-rum=link>Dead link</a>
       <div id=card data-rum=card style="cursor: pointer; width: 90px; height: 30px">Card</div>
       <button id=twice data-rum=twice ondblclick="this.title = 1">Double</button>`,
      async (page) => {
        for (const id of ["text", "field", "readonly", "area", "editor", "email", "dead", "link", "card"])
          await page.click(`#${id}`, 3);
        await page.click("#twice", 2);
      },
    );
    expect(counted).toEqual({ "rage_click dead": 1, "rage_click link": 1, "rage_click card": 1 });
  });

  test("a form whose submit the app cancels is sent if its fields are valid, in a shadow tree, too", async () => {
    const form = (name: string): string =>
      `<form data-rum-form=${name} novalidate onsubmit="return false"><input type=email required><button>Go</button></form>`;
    const hosts = ["refused", "sent"].map(
      (name) => `<x-a id=${name}></x-a><template data-for=${name}>${form(name)}</template>`,
    );
    const into = browser === "Chromium" ? " " : " >>> ";
    const counted = await visit(browser, /form/, form("light") + hosts.join(""), async (page) => {
      const fill = async (path: string, text: string): Promise<void> => {
        await page.click(`${path}input`);
        await page.keyboard.type(text);
        await page.click(`${path}button`);
      };
      await fill("[data-rum-form=light] ", "a");
      await fill(`#refused${into}`, "a");
      await fill(`#sent${into}`, "a@b.c");
    });
    expect(counted).toEqual({
      "form_start light": 1,
      "form_abandon light": 1,
      "form_start refused": 1,
      "form_abandon refused": 1,
      "form_start sent": 1,
      "form_submit sent": 1,
    });
  });

  test("parts of a form that are not inside it belong to it, and a button that closes its dialog sends nothing", async () => {
    const into = browser === "Chromium" ? " " : " >>> ";
    const counted = await visit(
      browser,
      /form/,
      `<form data-rum-form=outside id=f onsubmit="return false"></form><input form=f id=field><button form=f id=send><b>Go</b></button>
       <x-a id=tree></x-a><template data-for=tree><form data-rum-form=tree id=g onsubmit="return false"></form><button form=g><b>Go</b></button></template>
       <x-b id=slotted><input id=light aria-invalid=true></x-b><template data-for=slotted><form data-rum-form=slotted><slot></slot></form></template>
       <dialog open><form data-rum-form=dialog method=dialog><button id=close>Close</button></form></dialog>
       <dialog open><form data-rum-form=commanded><input id=inner><button id=command command=close commandfor=d>Close</button></form></dialog>`,
      async (page) => {
        await page.click("#field");
        await page.keyboard.type("a");
        await page.run("field.setAttribute('aria-invalid', 'true')");
        await page.click("#send b");
        // A second later the form counts as rejected.
        await page.run("new Promise((resolve) => setTimeout(resolve, 1_200))");
        await page.run("field.removeAttribute('aria-invalid')");
        await page.click("#send b");
        await page.click(`#tree${into}b`);
        await page.click("#light");
        await page.keyboard.type("a");
        await page.click("#inner");
        await page.keyboard.type("a");
        await page.click("#command");
        await page.click("#close");
      },
    );
    expect(counted).toEqual({
      "form_start outside": 1,
      "form_submit outside": 1,
      "form_submit tree": 1,
      "form_start slotted": 1,
      "form_abandon slotted": 1,
      "form_start commanded": 1,
      "form_abandon commanded": 1,
    });
  });

  test("shadow trees are looked through in both directions", async () => {
    const counted = await visit(
      browser,
      /click/,
      `<button id=icon-button style="padding: 20px"><x-icon id=icon></x-icon></button>
       <template data-for=icon><svg width=20 height=20><rect width=20 height=20 /></svg></template>
       <div data-rum-ignore data-rum=stepper><x-stepper id=stepper></x-stepper></div>
       <template data-for=stepper><button id=plus>+</button></template>
       <section data-rum=section><x-card id=card>slotted</x-card></section>
       <template data-for=card><p role=note><slot></slot></p></template>
       <x-closed id=closed></x-closed><template data-for=closed data-mode=closed><button>Closed</button></template>`,
      async (page) => {
        const into = browser === "Chromium" ? " " : " >>> ";
        await page.click(`#icon${into}svg`);
        await page.click(`#stepper${into}button`, 4);
        await page.click("#card");
        await page.click("#closed");
      },
    );
    expect(counted).toEqual({
      "click tag:button": 1,
      "click stepper": 4,
      "click section": 1,
      "click tag:x-closed": 1,
    });
  });
}

const effects: [what: string, body: string][] = [
  [
    "copies by command",
    `<input id=from value=x><button id=go onclick="from.select(); document.execCommand('copy')">Go</button>`,
  ],
  ["opens a file picker", `<input type=file id=file hidden><button id=go onclick="file.click()">Go</button>`],
  [
    "opens a file picker that is nowhere",
    `<button id=go onclick="Object.assign(document.createElement('input'), { type: 'file' }).click()">Go</button>`,
  ],
  // A real dialog would stop the browser of the test.
  ...["alert", "confirm", "prompt"].map((name): [string, string] => [
    `opens a dialog by ${name}`,
    `<button id=go onpointerdown="window.${name} = () => false" onclick="${name}('Sure?')">Go</button>`,
  ]),
  ["resets a form", `<form><input value=a><button id=go type=reset>Go</button></form>`],
  ["plays", `<video id=media></video><button id=go onclick="media.play().catch(() => {})">Go</button>`],
  ["copies text", `<button id=go onclick="navigator.clipboard.writeText('x')">Go</button>`],
  [
    "copies more than text",
    `<button id=go onclick="navigator.clipboard.write([new ClipboardItem({ 'text/plain': 'x' })])">Go</button>`,
  ],
  ["animates", `<p id=box>x</p><button id=go onclick="box.animate({ opacity: [0, 1] }, 100)">Go</button>`],
  [
    "animates after a while",
    `<p id=box>x</p><button id=go onclick="setTimeout(() => box.animate({ opacity: [0, 1] }, 100), 400)">Go</button>`,
  ],
  [
    "opens what is in another shadow tree",
    `<x-a id=panel></x-a><template data-for=panel><p hidden>Hi</p></template><button id=go onclick="panel.shadowRoot.firstChild.hidden = false">Go</button>`,
  ],
  [
    "opens what is in a shadow tree within another",
    `<x-a id=panel></x-a><template data-for=panel><p></p></template><button id=go onclick="panel.shadowRoot.firstChild.shadowRoot.append('Hi')" onpointerdown="panel.shadowRoot.firstChild.attachShadow({ mode: 'open' })">Go</button>`,
  ],
  ["asks a server", `<button id=go onclick="fetch('/api/x')">Go</button>`],
  ["opens a popover", `<div popover id=pop>Hi</div><button id=go popovertarget=pop>Go</button>`],
  ["moves the focus", `<input id=to><button id=go onclick="to.focus()">Go</button>`],
  [
    "downloads from a link that is nowhere",
    `<button id=go onclick="Object.assign(document.createElement('a'), { download: 'a.txt', href: 'data:text/plain,a' }).click()">Go</button>`,
  ],
  ["prints", `<button id=go onclick="print()">Go</button>`],
  ["calls", `<button id=go onclick="location.href = 'tel:123'">Go</button>`],
  ["writes a mail", `<button id=go onclick="location.href = 'mailto:a@shop.example'">Go</button>`],
  ["is a link that calls", `<a id=go href="tel:123" role=button data-rum=dead>Go</a>`],
  ["is within a link that calls", `<a href="tel:123"><button id=go>Go</button></a>`],
  ["opens a new tab", `<button id=go onclick="window.open('/next')">Go</button>`],
  ["is a link that opens a new tab", `<a id=go href="/next" target=_blank role=button data-rum=dead>Go</a>`],
  [
    "opens a new tab by a link that is nowhere",
    `<button id=go onclick="Object.assign(document.createElement('a'), { target: '_blank', href: '/next' }).click()">Go</button>`,
  ],
  ["opens a new tab by a form", `<form action=/next target=_blank><button id=go>Go</button></form>`],
  ["fails", `<button id=go onclick="throw new Error('broken')">Go</button>`],
  ["rejects", `<button id=go onclick="Promise.reject('broken')">Go</button>`],
];
const dead: [what: string, body: string][] = [
  ["does nothing", `<button id=go data-rum=dead>Go</button>`],
  [
    "has only styles that answer",
    `<style>button { transition: opacity .1s } button:active { opacity: .5 }</style><button id=go data-rum=dead>Go</button>`,
  ],
  [
    "does nothing while other things move",
    `<p id=box onpointerdown="">x</p><button id=go data-rum=dead onpointerdown="box.animate({ opacity: [0, 1] }, { duration: 300, iterations: Infinity })">Go</button>`,
  ],
  ["is a link to nowhere", `<a id=go data-rum=dead style="user-select: none">Go</a>`],
  [
    "does nothing within a shadow tree",
    `<x-a id=go></x-a><template data-for=go><button data-rum=dead>Go</button></template>`,
  ],
  [
    "does nothing around an icon",
    `<button data-rum=dead style="padding: 20px"><x-icon id=go></x-icon></button><template data-for=go><svg width=20 height=20><rect width=20 height=20 /></svg></template>`,
  ],
];

/** Firefox has one visible tab, so its visits come one after the other: a few of them. */
const IN_FIREFOX =
  /^(plays|fails|opens a new tab$|opens a popover|copies text|calls|opens what is in another|does nothing within)/;

/** Pages of Chromium that are open at a time. */
const AT_ONCE = 6;

/** Clicks `#go` and waits for its effect, however long that takes. */
async function clickToEffect(page: Visit): Promise<void> {
  // Links leave the page or open another program: no effect is waited for.
  const isWatched = (await page.run("!document.querySelector('#go').closest('[href]')")) as boolean;
  await clickWithEffect(page.run, () => page.click("#go"), isWatched);
}

/** Clicks `#go` and waits until a click without an effect is dead, by the page's own clock. */
async function clickInVain(page: Visit): Promise<void> {
  await page.click("#go");
  await page.run("new Promise((resolve) => setTimeout(resolve, 2_000))");
}

/** The dead clicks of each case. */
async function deadClicks(
  browser: string,
  cases: [what: string, body: string][],
  click: (page: Visit) => Promise<void>,
): Promise<object> {
  const counts: Record<string, Counted> = {};
  const visitOne = async ([what, body]: [string, string]): Promise<void> => {
    counts[what] = await visit(browser, /dead/, body, click, ["clipboard-write"]);
  };
  const queue = cases.values();
  const visitInTurn = async (): Promise<void> => {
    for (const each of queue) await visitOne(each);
  };
  if (browser === "Chromium") await Promise.all(Array.from({ length: AT_ONCE }, visitInTurn));
  else for (const each of cases.filter(([what]) => IN_FIREFOX.test(what))) await visitOne(each);
  return Object.fromEntries(
    Object.entries(counts).map(([what, counted]) => [what, counted["dead_click dead"] ?? 0]),
  );
}

function testDeadClicks(browser: string): void {
  test("none where a button does something", async () => {
    const counted = await deadClicks(
      browser,
      effects.map(([what, body]) => [what, body.replace("<button", "<button data-rum=dead")]),
      clickToEffect,
    );
    expect(Object.entries(counted).filter(([, count]) => count !== 0)).toEqual([]);
    expect(Object.keys(counted).length).toBeGreaterThan(2);
  });

  test("one where it does nothing", async () => {
    const counted = await deadClicks(browser, dead, clickInVain);
    expect(Object.entries(counted).filter(([, count]) => count !== 1)).toEqual([]);
    expect(Object.keys(counted).length).toBeGreaterThan(0);
  });
}

// Each browser waits for its own processes and timers most of the time, so the two run beside each other.
describe.concurrent.each(["Chromium", "Firefox"])("%s", (browser) => {
  describe("in turn", { concurrent: false }, () => {
    testInput(browser);
    describe(`dead clicks in ${browser}`, () => testDeadClicks(browser));
  });
});
