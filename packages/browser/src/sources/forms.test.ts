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

describe("a button that closes a dialog", () => {
  test.each([
    ["formmethod", "><input><button formmethod=dialog>"],
    ["value cancel", "method=dialog><input><button value=cancel>"],
    ["value close", "method=dialog><input><button formnovalidate value=close>"],
  ])("abandons a started form: %s", async (_title, html) => {
    const form = show(html);
    const close = (): unknown => send(form, form.querySelector("button"));
    close();
    expect(await counted()).toEqual({});
    typeInto();
    close();
    leavePage();
    expect(await counted()).toEqual({ start: 1, abandon: 1 });
    typeInto();
    close();
    send(form);
    expect(await counted()).toEqual({ start: 2, abandon: 1, submit: 1 });
  });

  test("differs from one that confirms it", async () => {
    const form = show("method=dialog><input><button value=cancel></button><button value=default>");
    typeInto();
    send(form, form.querySelector("[value=default]"));
    leavePage();
    expect(await counted()).toEqual({ start: 1, submit: 1 });
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
