import { setTimeout as wait } from "node:timers/promises";
import type { BrowserContext, Page } from "playwright-core";
import { orShort } from "../rounds.ts";
import type { Probe } from "./probes.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

/** The event that each fault meets. */
const NAME = "marker_event";
const MARKER = new RegExp(NAME);

/** A page with an SDK, and the server to which it sends. */
interface Stage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly receiver: Receiver;
  readonly probe: Probe;
}

export interface Fault {
  readonly title: string;
  /** Runs in the page before the SDK starts. */
  readonly before?: string;
  /** Lets the fault happen, and returns what came of it. */
  readonly run: (stage: Stage) => Promise<string>;
}

/** Milliseconds that an event may take after the fault is over. */
const PATIENCE_MS = orShort(90_000, 15_000);

/** Copies of the event that arrived. */
const copies = ({ receiver }: Stage): number =>
  receiver.arrived.filter(({ text }) => MARKER.test(text)).length;

/** Waits until the event arrives, and says how long that took. */
async function arrival(stage: Stage, most = PATIENCE_MS): Promise<string> {
  const start = performance.now();
  while (performance.now() - start < most) {
    if (copies(stage) > 0) return `arrives after ${Math.ceil((performance.now() - start) / 1_000)} s`;
    await wait(200);
  }
  return `lost (not within ${most / 1_000} s)`;
}

const report = ({ page }: Stage, name = NAME): Promise<void> =>
  page.evaluate((each) => (globalThis as unknown as { report(name: string): void }).report(each), name);

/** Milliseconds after the load until something happens: an SDK has sent what it sends at its start. */
const SETTLED_MS = orShort(12_000, 500);

export const FAULTS: readonly Fault[] = [
  {
    title: "page closes right after the event",
    run: async (stage) => {
      await report(stage);
      await stage.page.close({ runBeforeUnload: true });
      return arrival(stage, 15_000);
    },
  },
  {
    title: "receiver down for 30 s, then back",
    run: async (stage) => {
      await stage.receiver.down();
      await report(stage);
      await wait(orShort(30_000, 100));
      await stage.receiver.up();
      return arrival(stage);
    },
  },
  {
    title: "503 with Retry-After: 5, for 12 s",
    run: async (stage) => {
      stage.receiver.behave("busy");
      await report(stage);
      await wait(orShort(12_000, 100));
      stage.receiver.behave("answer");
      return arrival(stage);
    },
  },
  {
    title: "the answer is lost",
    run: async (stage) => {
      stage.receiver.behave("lose the answer");
      await report(stage);
      await arrival(stage);
      // A copy follows within this time, or none.
      await wait(orShort(60_000, 1_000));
      return describeCopies(stage);
    },
  },
  {
    title: "offline for a minute",
    run: async (stage) => {
      await stage.context.setOffline(true);
      await report(stage);
      await wait(orShort(60_000, 100));
      await stage.context.setOffline(false);
      return arrival(stage);
    },
  },
  {
    title: "a browser without storage",
    // As in a sandboxed frame or with cookies blocked: each access throws.
    before: `for (const name of ["localStorage", "sessionStorage", "indexedDB"])
      Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
      Object.defineProperty(document, "cookie", { get() { throw new DOMException("denied", "SecurityError"); },
                                                  set() { throw new DOMException("denied", "SecurityError"); } });`,
    run: async (stage) => {
      await report(stage).catch(() => {});
      return arrival(stage, 30_000);
    },
  },
  {
    title: "a visit: ten events in 20 s, then the tab closes",
    run: async (stage) => {
      // Of different names: some SDKs leave out an event that equals the one before, and some count equal ones in one.
      const names = Array.from({ length: 10 }, (_, index) => `${NAME}_${"abcdefghij"[index]}`);
      for (const name of names) {
        await report(stage, name);
        await wait(orShort(2_000, 10));
      }
      await stage.page.close({ runBeforeUnload: true });
      await wait(orShort(10_000, 500));
      const { arrived } = stage.receiver;
      const bytes = arrived.reduce((sum, request) => sum + request.bytes, 0);
      const events = names.filter((name) => arrived.some(({ text }) => text.includes(name)));
      return `${arrived.length} requests, ${(bytes / 1_000).toFixed(1)} kB, ${events.length} of 10 events`;
    },
  },
];

function describeCopies(stage: Stage): string {
  const { receiver, probe } = stage;
  const sent = receiver.arrived.filter(({ text }) => MARKER.test(text));
  if (sent.length === 0) return "lost";
  if (sent.length === 1) return "sent once: right here, lost if the request was";
  const ids = new Set(sent.map(({ text }) => probe.identity?.exec(text)?.[1]));
  const isSame = ids.size === 1 && !ids.has(undefined);
  return `sent ${sent.length} times, ${isSame ? "with one id" : "without a common id"}`;
}

/** Lets one fault happen to one SDK, in a fresh browser context. */
export async function meet(
  probe: Probe,
  fault: Fault,
  open: () => Promise<BrowserContext>,
  pageOf: (receiver: string) => string,
): Promise<string> {
  const receiver = await startReceiver(MARKER);
  const context = await open();
  try {
    const page = await context.newPage();
    if (fault.before !== undefined) await page.addInitScript(fault.before);
    let failure = "";
    page.on("pageerror", ({ message }) => (failure = `, and throws "${message.slice(0, 60)}"`));
    await page.goto(pageOf(receiver.origin));
    await wait(SETTLED_MS);
    const outcome = await fault.run({ page, context, receiver, probe });
    return outcome + (fault.before === undefined ? "" : failure);
  } catch (error) {
    return `failed: ${String(error).slice(0, 100)}`;
  } finally {
    await context.close();
    receiver.stop();
  }
}
