import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Network, recordNetwork } from "../../../../test/support/pageNetwork.ts";
import { createMetrics } from "../start/createMetrics.ts";
import type { Metrics } from "../contract/metrics.ts";

let network: Network;
let metrics: Metrics;

beforeEach(() => {
  vi.useFakeTimers();
  network = recordNetwork();
  sessionStorage.clear();
  localStorage.clear();
  history.replaceState(null, "", "/");
  metrics = createMetrics();
});
afterEach(() => {
  metrics.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function show(html: string): HTMLFormElement {
  document.body.innerHTML = `<form data-rum-form=login ${html}</form>`;
  return document.querySelector("form")!;
}

function typeInto(selector = "input"): void {
  document.querySelector(selector)!.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
}

const send = (form: HTMLFormElement, submitter: HTMLElement | null = null): unknown =>
  form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true, submitter }));

/** Fires `formdata`, as `form.submit()` and `new FormData(form)` do first. */
const collect = (form: HTMLFormElement): unknown =>
  form.dispatchEvent(new Event("formdata", { bubbles: true }));

const leavePage = (): unknown => window.dispatchEvent(new Event("pagehide"));

/** Returns the numbers of starts, submissions and abandonments. A batch that is sent again has the same id. */
async function counted(): Promise<Record<string, number>> {
  await vi.advanceTimersByTimeAsync(6_000);
  const batches = new Map(network.batches.map((batch) => [batch.id, batch]));
  const counts: Record<string, number> = {};
  for (const { type, count = 1 } of [...batches.values()].flatMap(({ events }) => events))
    if (type.startsWith("form_")) counts[type.slice(5)] = (counts[type.slice(5)] ?? 0) + count;
  return counts;
}

test("starts once and is sent once", async () => {
  const form = show("><input name=a><input name=b>");
  typeInto("[name=a]");
  typeInto("[name=b]");
  send(form);
  expect(await counted()).toEqual({ start: 1, submit: 1 });
});

test("is sent if the client stops right afterwards, unless it was rejected by then", async () => {
  send(show("><input>"));
  metrics.stop();
  expect(await counted()).toEqual({ submit: 1 });
  metrics.start();
  send(show("><input aria-invalid=true>"));
  metrics.stop();
  expect(await counted()).toEqual({ submit: 1 });
});

test("is sent without any input, and if the page is left immediately", async () => {
  send(show("><input>"));
  leavePage();
  expect(await counted()).toEqual({ submit: 1 });
});

describe("a submit button", () => {
  const OUTSIDE = "<button form=f";
  const CASES: [title: string, result: "closes" | "sends", html: string, outside?: string][] = [
    ["with formmethod=dialog", "closes", "><input><button formmethod=dialog>"],
    ["with formmethod=dialog and a value", "closes", "><input><button formmethod=dialog value=ok>"],
    ["with the value cancel", "closes", "method=dialog><input><button value=cancel>"],
    ["with the value cancel of any form", "closes", "><input><button value=cancel>"],
    ["with the value close", "closes", "method=dialog><input><button value=close>"],
    ["with the value cancel, a field", "closes", "method=dialog><input><input type=submit value=cancel>"],
    ["that skips validation", "closes", "method=dialog><input><button formnovalidate value=no>"],
    [
      "with a command that an old browser ignores",
      "closes",
      "method=dialog><input><button formnovalidate command=close commandfor=d>",
    ],
    ["with the value cancel, outside", "closes", "method=dialog id=f><input>", `${OUTSIDE} value=cancel>`],
    ["that skips validation, outside", "closes", "method=dialog id=f><input>", `${OUTSIDE} formnovalidate>`],
    ["with a value", "sends", "method=dialog><input><button value=default>"],
    ["with a value, outside", "sends", "method=dialog id=f><input>", `${OUTSIDE} value=ok>`],
    ["without a value", "sends", "method=dialog><input><button>"],
    ["that skips validation: a draft", "sends", "><input><button formnovalidate>"],
    ["with a name", "sends", "><input><button name=action value=cancelled>"],
    ["with another method", "sends", "><input><button formmethod=post>"],
  ];

  test.each(CASES)("%s %s a form that was started", async (_title, result, html, outside = "") => {
    const form = show(html);
    document.body.insertAdjacentHTML("beforeend", outside);
    const button = document.querySelector<HTMLElement>("button,[type=submit]")!;
    typeInto();
    send(form, button);
    await vi.advanceTimersByTimeAsync(2_000);
    leavePage();
    expect(await counted()).toEqual({ start: 1, [result === "closes" ? "abandon" : "submit"]: 1 });
  });

  test.each(CASES.filter(([, result]) => result === "closes"))(
    "%s %s a form without a start",
    async (_title, _result, html, outside = "") => {
      const form = show(html);
      document.body.insertAdjacentHTML("beforeend", outside);
      send(form, document.querySelector<HTMLElement>("button,[type=submit]"));
      leavePage();
      expect(await counted()).toEqual({});
    },
  );

  test.each([
    ["closes the dialog", "method=dialog><button>", {}],
    ["closes the dialog beside a field", "method=dialog><input value=given><button>", {}],
    ["answers the dialog with its value", "method=dialog><button value=yes>", { submit: 1 }],
    ["sends any other form", "><button>", { submit: 1 }],
  ])("without any input %s: %s", async (_title, html, expected) => {
    const form = show(html);
    send(form, form.querySelector("button"));
    leavePage();
    expect(await counted()).toEqual(expected);
  });

  test("that closes a dialog does not end the use of its form", async () => {
    const form = show("method=dialog><input><button value=cancel></button><button value=ok>");
    typeInto();
    send(form, form.querySelector("button"));
    typeInto();
    send(form, form.querySelector("[value=ok]"));
    expect(await counted()).toEqual({ start: 1, submit: 1 });
  });
});

/** Builds `<template for=id>` into the open shadow tree of the element with that id, inner ones first. */
function showTrees(html: string): void {
  document.body.innerHTML = html;
  const grow = (root: Document | ShadowRoot): void => {
    for (const template of root.querySelectorAll("template")) {
      const host = root.querySelector(`#${template.getAttribute("for")}`)!;
      const tree = host.attachShadow({ mode: "open" });
      tree.innerHTML = template.innerHTML;
      template.remove();
      grow(tree);
    }
  };
  grow(document);
}

/** Finds an element in the document and in all open shadow trees. */
function find(selector: string, root: ParentNode = document): Element | undefined {
  const found = root.querySelector(selector);
  if (found) return found;
  for (const { shadowRoot } of root.querySelectorAll("*")) {
    const inner = shadowRoot && find(selector, shadowRoot);
    if (inner) return inner;
  }
  return undefined;
}

describe("parts of a form that are not inside it", () => {
  const field = "<input class=field>";
  const CASES: [title: string, html: string][] = [
    ["in it", `<form data-rum-form=login>${field}</form>`],
    [
      "outside, by the form attribute",
      `<form data-rum-form=login id=f></form><input class=field form=f><button class=go form=f><b>Go</b></button>`,
    ],
    [
      "in a shadow tree",
      `<form data-rum-form=login><x-a id=a></x-a><template for=a>${field}</template></form>`,
    ],
    [
      "in a shadow tree in a shadow tree",
      `<form data-rum-form=login><x-a id=a></x-a><template for=a><x-b id=b></x-b><template for=b>${field}</template></template></form>`,
    ],
    [
      "in a custom element whose `form` is not a form",
      `<form data-rum-form=login><x-a id=a></x-a><template for=a>${field}</template></form>`,
    ],
  ];

  test.each(CASES)("a field %s starts it, is marked, and sends it", async (title, html) => {
    showTrees(html);
    const form = find("form") as HTMLFormElement;
    const input = find(".field")!;
    if (/custom/.test(title)) (find("x-a") as unknown as { form: object }).form = { model: 1 };
    const type = (): unknown => input.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    type();
    input.setAttribute("aria-invalid", "true");
    send(form);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await counted()).toEqual({ start: 1 });
    input.removeAttribute("aria-invalid");
    type();
    send(form);
    expect(await counted()).toEqual({ start: 1, submit: 1 });
  });

  test.each(CASES.filter(([, html]) => html.includes("class=go")))(
    "a button %s counts its submission, if only it is used",
    async (_title, html) => {
      showTrees(html);
      // The click is on what the button contains.
      find(".go b")!.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
      send(find("form") as HTMLFormElement, find(".go") as HTMLElement);
      expect(await counted()).toEqual({ submit: 1 });
    },
  );

  test("a mark on a field of another form rejects nothing", async () => {
    showTrees(
      `<form data-rum-form=login id=f><input></form><form><input aria-invalid=true></form><input aria-invalid=true>`,
    );
    send(find("form") as HTMLFormElement);
    expect(await counted()).toEqual({ submit: 1 });
  });

  test("an element of the page that is called `form` is not the form of everything", async () => {
    document.body.innerHTML = "<form id=form name=form></form><input><p aria-invalid=true></p>";
    typeInto();
    leavePage();
    expect(await counted()).toEqual({});
  });

  test("a marked field rejects a form that a router has removed meanwhile", async () => {
    const form = show("><input>");
    typeInto();
    send(form);
    form.querySelector("input")!.setAttribute("aria-invalid", "true");
    form.remove();
    history.pushState(null, "", "/away");
    expect(await counted()).toEqual({ start: 1, abandon: 1 });
  });
});

test("a field that the app marks rejects the form, whose use continues: one start, one submission", async () => {
  const form = show("novalidate><input>");
  form.addEventListener(
    "submit",
    () => {
      setTimeout(() => form.querySelector("input")!.setAttribute("aria-invalid", "true"), 50);
    },
    { once: true },
  );
  typeInto();
  send(form);
  await vi.advanceTimersByTimeAsync(2_000);
  typeInto();
  form.querySelector("input")!.removeAttribute("aria-invalid");
  typeInto();
  send(form);
  expect(await counted()).toEqual({ start: 1, submit: 1 });
});

test("a rejection is noticed at the next input, and a rejected form that is left is abandoned", async () => {
  const form = show("novalidate><input aria-invalid=true>");
  typeInto();
  send(form);
  typeInto();
  leavePage();
  expect(await counted()).toEqual({ start: 1, abandon: 1 });
});

test("a rejected form without input is neither sent nor abandoned, and can start later", async () => {
  const form = show("novalidate><input aria-invalid=true>");
  send(form);
  await vi.advanceTimersByTimeAsync(2_000);
  typeInto();
  form.querySelector("input")!.removeAttribute("aria-invalid");
  send(form);
  expect(await counted()).toEqual({ start: 1, submit: 1 });
});

test("a form that is empty again after its canceled submit was sent", async () => {
  const form = show("><input required value=hi>");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.querySelector("input")!.value = "";
  });
  typeInto();
  send(form);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await counted()).toEqual({ start: 1, submit: 1 });
});

test.each([
  ["a form and its field", "", `<form data-rum-form=login><input><button></button></form>`],
  [
    "a form around a field of another tree",
    `<form data-rum-form=login><x-field></x-field></form>`,
    "<input><button></button>",
  ],
])("%s in a shadow tree are seen", async (_what, light, shadow) => {
  document.body.innerHTML = light || "<x-field></x-field>";
  const root = document.querySelector("x-field")!.attachShadow({ mode: "open" });
  root.innerHTML = shadow;
  const form = root.querySelector("form") ?? document.querySelector("form")!;
  const input = root.querySelector("input")!;
  input.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  // A `submit` is not heard outside of the form's tree.
  send(form);
  await vi.advanceTimersByTimeAsync(2_000);
  input.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  collect(form);
  leavePage();
  expect(await counted()).toEqual({ start: 2, submit: 2 });
  expect(network.events().find(({ type }) => type === "form_submit")).toMatchObject({ name: "login" });
});

test("a form in a shadow tree is seen if only its button is used, and counts once after a restart", async () => {
  document.body.innerHTML = "<x-field></x-field>";
  const root = document.querySelector("x-field")!.attachShadow({ mode: "open" });
  root.innerHTML = "<form><button>Go</button></form>";
  const press = (): void => {
    // A button that is clicked sends its form.
    root.querySelector("button")!.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
  };
  metrics.stop();
  metrics.start();
  press();
  expect(await counted()).toEqual({ submit: 1 });
});

test("a form that empties itself after each submission is sent each time", async () => {
  const form = show("><input required value=hi>");
  form.addEventListener("submit", () => (form.querySelector("input")!.value = ""));
  for (let times = 0; times < 2; times += 1) {
    form.querySelector("input")!.value = "hi";
    typeInto();
    send(form);
    await vi.advanceTimersByTimeAsync(2_000);
  }
  expect(await counted()).toEqual({ start: 2, submit: 2 });
});

test("form.submit() counts as a submission when the page is left, not as an abandonment", async () => {
  const form = show("><input>");
  typeInto();
  collect(form);
  leavePage();
  expect(await counted()).toEqual({ start: 1, submit: 1 });
});

test("a form that is read at each input is abandoned if the user does something afterwards", async () => {
  const form = show("><input><a href=#x>Away</a>");
  form.addEventListener("input", () => collect(form));
  typeInto();
  document.querySelector("a")!.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
  leavePage();
  expect(await counted()).toEqual({ start: 1, abandon: 1 });
});

test("a new route abandons a form, with the form's route, and counts an earlier submission", async () => {
  const form = show("><input>");
  typeInto();
  send(form);
  history.pushState(null, "", "/thanks");
  document.body.innerHTML = "<form data-rum-form=next><input></form>";
  typeInto();
  history.pushState(null, "", "/away");
  expect(await counted()).toEqual({ start: 2, submit: 1, abandon: 1 });
  const events = network.events();
  expect(events.find((event) => event.type === "form_submit")?.route ?? "/").toBe("/");
});

describe("an exit whose script the browser ends in the middle", () => {
  /** Forms whose first look at their name ends the script, as Firefox does where it likes. */
  function showForms(count: number, ended: number): void {
    document.body.innerHTML = "<form data-rum-form=login><input></form>".repeat(count);
    for (const input of document.querySelectorAll("input"))
      input.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    const form = document.querySelectorAll("form")[ended]!;
    const read = form.getAttribute.bind(form);
    vi.spyOn(form, "getAttribute")
      .mockImplementationOnce(() => {
        throw new Error("ended");
      })
      .mockImplementation(read);
  }

  test.each([0, 1, 2])("goes on at the next flush, if it was at form %d of three", async (ended) => {
    showForms(3, ended);
    leavePage();
    metrics.trackAction("left");
    metrics.flush();
    expect(await counted()).toEqual({ start: 3, abandon: 3 });
  });

  test("does not go on once it has ended: forms of a page that comes back are not abandoned", async () => {
    showForms(3, 1);
    leavePage();
    metrics.trackAction("left");
    metrics.flush();
    show("><input>");
    typeInto();
    metrics.trackAction("back");
    metrics.flush();
    expect(await counted()).toEqual({ start: 4, abandon: 3 });
  });
});
