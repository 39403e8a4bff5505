import type { AuditEntry } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { anAlert } from "../../../../test/support/alerts/anAlert.ts";
import { createKeptTexts } from "../../../../test/support/alerts/keptTexts.ts";
import type { Alert } from "../alerts/alert.ts";
import type { KeptDocuments } from "../journal/keptDocuments.ts";
import type { ActionRule, RunOutcome } from "./actions.ts";
import { createActions } from "./createActions.ts";

const START = 1_800_000_000_000;
const MINUTE = 60_000;

/** One start of a collector after another, with the same journal. */
function createWorld(rule: Partial<ActionRule> = {}) {
  let at = START;
  const documents = createKeptTexts();
  const audit: Omit<AuditEntry, "id">[] = [];
  const runs: string[] = [];
  let answer = async (): Promise<RunOutcome> => ({ isDone: true, text: "It answered 200." });
  let isFull = false;
  const kept: KeptDocuments = {
    ...documents,
    write: async (changes) => (isFull ? Promise.reject(new Error("disk full")) : documents.write(changes)),
  };
  const rollback: ActionRule = {
    name: "rollback",
    matches: ({ name }) => name === "ShopErrors",
    approvals: 1,
    expiresAfterMs: 60 * MINUTE,
    cooldownMs: 30 * MINUTE,
    verifyAfterMs: 10 * MINUTE,
    run: async ({ id }) => {
      runs.push(id);
      return answer();
    },
    ...rule,
  };
  const start = () =>
    createActions({
      rules: [rollback],
      documents: kept,
      audit: (entry) => void audit.push(entry),
      now: () => at,
    });
  let actions = start();
  const keep = async (): Promise<void> => {
    const changes = actions.toKeep();
    await kept.write(changes);
    actions.kept(changes);
    // The run, and its outcome.
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    runs,
    get actions() {
      return actions;
    },
    audited: () => audit.map(({ what, who }) => `${what} by ${who}`),
    audit,
    setAnswer: (next: typeof answer) => void (answer = next),
    setFull: (now: boolean) => void (isFull = now),
    pass: (milliseconds: number) => void (at += milliseconds),
    now: () => at,
    keep,
    fire: async (alert: Alert = anAlert({ startsAt: at })): Promise<Alert> => {
      actions.tick([{ kind: "firing", at, alert }], [alert], at);
      await keep();
      return alert;
    },
    tick: async (...current: Alert[]): Promise<void> => {
      actions.tick([], current, at);
      await keep();
    },
    /** SIGKILL, and a new start: what was not kept is gone. */
    restart: () => void (actions = start()),
    approve: (id: string, token: string | null = "ada") =>
      actions.approve(id, { by: token ?? "someone", token: token ?? undefined, at, why: "looks right" }),
    only: () => actions.list()[0]!,
  };
}

test("an approved action runs once, and the log says that it helped", async () => {
  const world = createWorld();
  const alert = await world.fire();
  expect(world.only()).toMatchObject({
    state: "awaiting_approval",
    approvalsMissing: 1,
    alert: "ShopErrors",
  });
  expect(world.runs).toEqual([]);
  expect(await world.approve(world.only().id)).toBe("done");
  expect(await world.approve(world.only().id)).toBe("ended");
  await world.keep();
  expect(world.runs).toEqual([`rollback-${alert.episode}`]);
  expect(world.only()).toMatchObject({
    state: "done",
    approvedBy: ["ada"],
    helped: null,
    outcome: "It answered 200.",
  });
  world.pass(9 * MINUTE);
  await world.tick();
  expect(world.only().helped).toBeNull();
  world.pass(MINUTE);
  await world.tick();
  expect(world.only().helped).toBe(true);
  expect(world.audited()).toEqual([
    "action_requested by collector",
    "action_approved by ada",
    "action_run by collector",
    "action_verified by collector",
  ]);
  expect(world.audit.at(-1)!.facts).toMatchObject({ helped: true, valueBefore: 2, threshold: 1 });
});

test("an action after which the alert still fires, or fires again, did not help", async () => {
  const world = createWorld({ approvals: 0 });
  await world.fire();
  world.pass(10 * MINUTE);
  await world.tick(anAlert({ startsAt: world.now() - MINUTE, value: 3 }));
  expect(world.only().helped).toBe(false);
  expect(world.audit.at(-1)).toMatchObject({
    what: "action_verified",
    facts: { helped: false, valueNow: 3 },
  });
});

test("an action without approval runs when its request is durable, not before", async () => {
  const world = createWorld({ approvals: 0 });
  const alert = anAlert({ startsAt: world.now() });
  world.actions.tick([{ kind: "firing", at: world.now(), alert }], [alert], world.now());
  expect(world.runs).toEqual([]);
  await world.keep();
  expect(world.runs).toHaveLength(1);
});

test("two people are two tokens", async () => {
  const world = createWorld({ approvals: 2 });
  await world.fire();
  const { id } = world.only();
  expect(await world.approve(id, null)).toBe("no_token");
  expect(await world.approve(id, "ada")).toBe("done");
  expect(world.only()).toMatchObject({ state: "awaiting_approval", approvalsMissing: 1 });
  expect(await world.approve(id, "ada")).toBe("same_person");
  expect(world.runs).toEqual([]);
  world.restart();
  expect(await world.approve(id, "ada")).toBe("same_person");
  expect(await world.approve(id, "grace")).toBe("done");
  await world.keep();
  expect(world.runs).toEqual([id]);
});

test("a rejected action does not run", async () => {
  const world = createWorld();
  await world.fire();
  const { id } = world.only();
  const at = world.now();
  expect(await world.actions.reject(id, { by: "ada", token: "ada", at, why: "not the release" })).toBe(
    "done",
  );
  expect(await world.approve(id)).toBe("ended");
  await world.keep();
  expect(world.runs).toEqual([]);
  expect(world.only()).toMatchObject({ state: "rejected", outcome: "ada rejected it." });
  expect(world.audit.at(-1)).toMatchObject({ what: "action_rejected", who: "ada", why: "not the release" });
  expect(await world.approve("rollback-unknown")).toBe("unknown");
});

test.each([
  ["late", (alert: Alert) => [alert], 60, "It was not approved in time."],
  ["resolved", () => [], 1, "The alert was resolved before it was approved."],
])("a request that is %s expires", async (_what, current, minutes, outcome) => {
  const world = createWorld();
  const alert = await world.fire();
  world.pass(minutes * MINUTE);
  await world.tick(...current(alert));
  expect(world.only()).toMatchObject({ state: "expired", outcome });
  expect(await world.approve(world.only().id)).toBe("ended");
});

test("a late approval is refused before the tick that ends the request", async () => {
  const world = createWorld();
  await world.fire();
  world.pass(60 * MINUTE);
  expect(await world.approve(world.only().id)).toBe("ended");
});

test("a second episode within the cool-down does not ask again, one after it does", async () => {
  const world = createWorld({ approvals: 0 });
  await world.fire();
  world.pass(29 * MINUTE);
  await world.fire();
  expect(world.runs).toHaveLength(1);
  expect(world.audit.find(({ what }) => what === "action_rejected")).toMatchObject({
    why: `It was requested shortly before: not again until ${new Date(START + 30 * MINUTE).toISOString()}.`,
  });
  world.pass(MINUTE);
  await world.fire();
  expect(world.runs).toHaveLength(2);
});

test("the same episode never runs it twice, whenever the collector is killed", async () => {
  const world = createWorld({ approvals: 0, cooldownMs: 0 });
  const alert = anAlert({ startsAt: world.now() });
  const change = { kind: "firing", at: world.now(), alert } as const;
  // Before the request was kept: the engine's state was not kept either, so it fires again.
  world.actions.tick([change], [alert], world.now());
  world.restart();
  await world.fire(alert);
  expect(world.runs).toHaveLength(1);
  // After it ran.
  world.restart();
  await world.fire(alert);
  expect(world.runs).toHaveLength(1);
  expect(world.only().state).toBe("done");
});

test("an action that ran when the collector was killed is not repeated, and is reported", async () => {
  const world = createWorld({ approvals: 0 });
  world.setAnswer(() => new Promise(() => {}));
  const alert = await world.fire();
  expect(world.only().state).toBe("running");
  world.restart();
  await world.fire(alert);
  await world.tick(alert);
  expect(world.runs).toHaveLength(1);
  expect(world.only()).toMatchObject({ state: "failed" });
  expect(world.only().outcome).toContain("It may have run.");
  expect(world.audited().at(-1)).toBe("action_failed by collector");
});

test("an approval that the journal refuses did not happen", async () => {
  const world = createWorld();
  await world.fire();
  world.setFull(true);
  expect(await world.approve(world.only().id)).toBe("not_kept");
  expect(world.only()).toMatchObject({ state: "awaiting_approval", approvedBy: [] });
  world.setFull(false);
  await world.keep();
  expect(world.runs).toEqual([]);
  expect(await world.approve(world.only().id)).toBe("done");
  expect(world.runs).toHaveLength(1);
});

test("a run that fails says why, and nothing is verified", async () => {
  const world = createWorld({ approvals: 0 });
  world.setAnswer(async () => ({ isDone: false, text: "It answered 500." }));
  await world.fire();
  await world.keep();
  expect(world.only()).toMatchObject({ state: "failed", outcome: "It answered 500.", helped: null });
  expect(world.audit.at(-1)).toMatchObject({ what: "action_failed", facts: { outcome: "It answered 500." } });
});

test("thousands of episodes do not fill the memory, and those that fire are remembered", async () => {
  const world = createWorld({ approvals: 0, cooldownMs: 0, verifyAfterMs: 0 });
  const first = await world.fire();
  for (let index = 0; index < 1_000; index += 1) {
    world.pass(MINUTE);
    const alert = anAlert({ startsAt: world.now(), fingerprint: String(index).padStart(16, "0") });
    world.actions.tick([{ kind: "firing", at: world.now(), alert }], [alert, first], world.now());
    await world.keep();
    await world.tick(first);
  }
  expect(world.runs).toHaveLength(1_001);
  expect(world.actions.list()).toHaveLength(100);
  world.restart();
  await world.fire(first);
  expect(world.runs).toHaveLength(1_001);
});
