import { expect, test } from "vitest";
import { createKeptTexts } from "../../../../test/support/notices/keptTexts.ts";
import {
  createNoticeBench,
  createService,
  type NoticeBench,
} from "../../../../test/support/notices/noticeBench.ts";
import { renderNotice } from "../../../../test/support/notices/renderNotice.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { describeNoticeMetrics } from "./noticeMetrics.ts";
import type { SendOutcome } from "./receiver.ts";

const DELIVERED: SendOutcome = { kind: "delivered" };
const FAILED: SendOutcome = { kind: "retry", reason: "It answered 500." };

const outcomes = ({ samples }: NoticeBench, receiver = "oncall"): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { metric, labels, value } of samples) {
    if (metric !== "rum_alert_notices_total" || labels["receiver"] !== receiver || value === 0) continue;
    counts[labels["outcome"]!] = (counts[labels["outcome"]!] ?? 0) + value;
  }
  return counts;
};

test("a notice is rendered when it happens, and repeated with the same key, the same text and growing times", async () => {
  const service = createService();
  const bench = createNoticeBench({ services: [service] });
  const times: number[] = [];
  service.answer = () => {
    times.push(bench.now);
    return FAILED;
  };
  await bench.take(bench.fire("A"));
  await bench.pass(600_000);
  expect(new Set(service.attempts.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
  expect(service.attempts.map(({ attempt }) => attempt)).toEqual(
    service.attempts.map((_, index) => index + 1),
  );
  // Half of 1, 2, 4, … seconds, until the next evaluation.
  const pauses = times.slice(1).map((time, index) => (time - times[index]!) / 1000);
  expect(pauses).toEqual([1, 1, 2, 4, 8, 16, 32, 64, 128, 150, 150]);
  service.answer = () => DELIVERED;
  await bench.take(bench.resolve("A"));
  await bench.pass(300_000);
  expect(bench.received()).toEqual(["fired: A firing", "resolved: A resolved"]);
  expect(outcomes(bench)).toEqual({ retried: 12, delivered: 2 });
});

test("Retry-After holds the whole receiver, also over a restart of the clock, and for at most an hour", async () => {
  const service = createService();
  const bench = createNoticeBench({ services: [service] });
  service.answer = () => ({ kind: "retry", reason: "429", afterMs: 30_000 });
  await bench.take(bench.fire("A"), bench.fire("B"));
  await bench.pass(29_000);
  expect(service.attempts).toHaveLength(1);
  await bench.pass(1_000);
  expect(service.attempts).toHaveLength(2);
  service.answer = () => ({ kind: "retry", reason: "429", afterMs: 1e15 });
  await bench.pass(30_000);
  expect(service.attempts).toHaveLength(3);
  service.answer = () => DELIVERED;
  await bench.pass(3_599_000, 60_000);
  expect(service.attempts).toHaveLength(3);
  await bench.pass(1_000);
  expect(bench.received().toSorted()).toEqual(["fired: A firing", "fired: B firing"]);
});

test("ten minutes of 429 with Retry-After lose nothing, and deliver each notice once", async () => {
  const service = createService();
  const bench = createNoticeBench({ services: [service], options: { maxNoticesPerHour: 1_000 } });
  const until = bench.now + 600_000;
  service.answer = () => (bench.now < until ? { kind: "retry", reason: "429", afterMs: 30_000 } : DELIVERED);
  for (let minute = 0; minute < 10; minute += 1) {
    await bench.take(bench.fire(`A${minute}`));
    await bench.pass(30_000);
    await bench.take(bench.resolve(`A${minute}`));
    await bench.pass(30_000);
  }
  await bench.pass(60_000);
  expect(service.received.map(({ reason }) => reason).filter((reason) => reason === "fired")).toHaveLength(
    10,
  );
  expect(service.received).toHaveLength(20);
  expect(new Set(service.received.map(({ id }) => id)).size).toBe(20);
  // Two attempts per minute at most: it was left alone in between.
  expect(service.attempts.length).toBeLessThanOrEqual(20 + 20);
});

test("the order of an episode is kept while other episodes pass", async () => {
  const service = createService();
  const bench = createNoticeBench({ services: [service] });
  service.answer = ({ body }) => (body.includes("A firing") ? FAILED : DELIVERED);
  await bench.take(bench.fire("A"), bench.fire("B"));
  await bench.take(bench.resolve("A"));
  await bench.pass(10_000);
  expect(bench.received()).toEqual(["fired: B firing"]);
  // It fires again: that waits neither for the fire nor for the resolve of the episode before.
  service.answer = ({ body }) => (body.includes(first) ? FAILED : DELIVERED);
  const first = service.attempts[0]!.episode;
  await bench.take(bench.fire("A"));
  expect(bench.received()).toEqual(["fired: B firing", "fired: A firing"]);
  service.answer = () => DELIVERED;
  await bench.pass(300_000);
  expect(bench.received().slice(2)).toEqual(["fired: A firing", "resolved: A resolved"]);
});

test("a receiver that stalls delays no other one, nor the next evaluation", async () => {
  const [stalls, works] = [createService("stalls"), createService("works")];
  stalls.answer = () => new Promise(() => {});
  const bench = createNoticeBench({ services: [stalls, works] });
  await bench.take(bench.fire("A"));
  await bench.pass(60_000);
  await bench.take(bench.resolve("A"));
  expect(bench.received(works)).toEqual(["fired: A firing", "resolved: A resolved"]);
  expect(stalls.attempts).toHaveLength(1);
  expect(bench.notices.receivers()).toMatchObject([
    { name: "stalls", waiting: 2, oldestWaitingSeconds: 60 },
    { name: "works", waiting: 0, oldestWaitingSeconds: 0, state: "ok" },
  ]);
});

test("after 24 hours of failures a notice is a dead letter, which a person can send again", async () => {
  const service = createService();
  service.answer = () => FAILED;
  const bench = createNoticeBench({ services: [service] });
  await bench.take(bench.fire("A"));
  await bench.pass(86_400_000, 60_000);
  expect(bench.notices.receivers()).toMatchObject([
    { state: "failing", waiting: 0, deadLetters: 1, lastError: "It answered 500." },
  ]);
  // Its resolve is kept with it: a service that has not heard of the fire does not hear of its end.
  await bench.take(bench.resolve("A"));
  await bench.pass(60_000);
  expect(outcomes(bench)).toMatchObject({ expired: 1, dropped: 1 });
  bench.restart();
  service.answer = () => DELIVERED;
  expect(await bench.notices.requeue("oncall")).toBe(2);
  await bench.take();
  expect(bench.received()).toEqual(["fired: A firing", "resolved: A resolved"]);
  expect(bench.notices.receivers()).toMatchObject([{ state: "ok", waiting: 0, deadLetters: 0 }]);
  await expect(bench.notices.requeue("nobody")).rejects.toMatchObject({ code: "missing" });
});

test("what a service refuses is a dead letter at once, and delays nothing", async () => {
  const service = createService();
  service.answer = ({ body }) =>
    body.includes("A firing") ? { kind: "refused", reason: "It answered 400." } : DELIVERED;
  const bench = createNoticeBench({ services: [service] });
  await bench.take(bench.fire("A"), bench.fire("B"));
  await bench.pass(60_000);
  expect(service.attempts).toHaveLength(2);
  expect(bench.notices.receivers()).toMatchObject([{ deadLetters: 1, waiting: 0 }]);
  expect(bench.audit.filter(({ what }) => what === "notice_failed")).toHaveLength(1);
});

test("what may have arrived is recorded and not repeated, and its resolve follows", async () => {
  const service = createService();
  service.answer = ({ attempt, body }) =>
    body.includes("A firing") && attempt === 1 ? { kind: "unknown", reason: "Timed out." } : DELIVERED;
  const bench = createNoticeBench({ services: [service] });
  const fire = bench.fire("A");
  await bench.take(fire);
  await bench.pass(60_000);
  expect(service.attempts).toHaveLength(1);
  expect(bench.notices.sent().get(fire.alert.episode)).toMatchObject([
    { receiver: "oncall", reason: "fired", state: "unknown", attempts: 1, error: "Timed out." },
  ]);
  await bench.take(bench.resolve("A"));
  expect(bench.received()).toEqual(["resolved: A resolved"]);
  expect(outcomes(bench)).toEqual({ unknown: 1, delivered: 1 });
});

test("a receiver that is gone gets nothing more until the next start, and what waits is kept", async () => {
  const service = createService();
  service.answer = () => ({ kind: "disabled", reason: "It answered 410." });
  const bench = createNoticeBench({ services: [service] });
  await bench.take(bench.fire("A"), bench.fire("B"));
  await bench.pass(60_000);
  expect(service.attempts).toHaveLength(1);
  expect(bench.notices.receivers()).toMatchObject([
    { state: "disabled", waiting: 2, lastError: "It answered 410." },
  ]);
  expect(bench.audit.filter(({ what }) => what === "receiver_disabled")).toHaveLength(1);
  service.answer = () => DELIVERED;
  bench.restart();
  await bench.take();
  expect(bench.received()).toEqual(["fired: A firing", "fired: B firing"]);
});

test("a receiver that throws, in its rendering or its sending, breaks nothing", async () => {
  const service = createService("oncall", {
    render: (notice) => {
      if (notice.alerts[0]?.name === "A") throw new Error("no text");
      return renderNotice(notice);
    },
  });
  let throws = true;
  service.answer = () => {
    if (throws) throw new Error("a bug");
    return DELIVERED;
  };
  const bench = createNoticeBench({ services: [service] });
  await bench.take(bench.fire("A"), bench.fire("B"));
  expect(bench.notices.receivers()).toMatchObject([
    { state: "failing", waiting: 1, deadLetters: 1, lastError: "The receiver failed: Error: a bug" },
  ]);
  throws = false;
  await bench.pass(1_000);
  expect(bench.received()).toEqual(["fired: B firing"]);
});

test("a receiver without a message for a notice gets the others", async () => {
  const service = createService("oncall", {
    render: (notice) => (notice.status === "resolved" ? undefined : renderNotice(notice)),
  });
  const kept = createKeptTexts();
  const bench = createNoticeBench({ services: [service], documents: kept.documents });
  for (let times = 0; times < 3; times += 1) {
    await bench.take(bench.fire("A"));
    bench.now += 5_000;
    await bench.take(bench.resolve("A"));
    bench.now += 5_000;
  }
  expect(bench.received()).toEqual(["fired: A firing", "fired: A firing", "fired: A firing"]);
  await bench.take();
  expect(kept.size("notices/episodes/oncall")).toBe(0);
});

test("the thread of the first delivery goes with the later ones of its episode, also after a restart", async () => {
  const service = createService();
  let threads = 0;
  service.answer = () => ({ kind: "delivered", thread: `thread ${(threads += 1)}` });
  const bench = createNoticeBench({ services: [service] });
  await bench.take(bench.fire("A"), bench.fire("B"));
  bench.restart();
  await bench.take(bench.resolve("A"));
  await bench.take(bench.resolve("B"));
  expect(service.received.map(({ thread }) => thread)).toEqual([
    undefined,
    undefined,
    "thread 1",
    "thread 2",
  ]);
});

test("an attempt that a crash interrupts is repeated with its key, but not to a service that must not get it twice", async () => {
  const webhook = createService("webhook");
  const sms = createService("sms", { isAtMostOnce: true });
  for (const service of [webhook, sms]) service.answer = () => new Promise(() => {});
  const bench = createNoticeBench({ services: [webhook, sms] });
  const fire = bench.fire("A");
  await bench.take(fire);
  for (const service of [webhook, sms]) service.answer = () => DELIVERED;
  bench.restart();
  await bench.take();
  expect(webhook.attempts.map(({ id }) => id)).toEqual([webhook.attempts[0]!.id, webhook.attempts[0]!.id]);
  expect(sms.attempts).toHaveLength(1);
  expect(bench.notices.sent().get(fire.alert.episode)).toMatchObject([
    { receiver: "webhook", state: "delivered" },
    { receiver: "sms", state: "unknown" },
  ]);
  await bench.take(bench.resolve("A"));
  expect(bench.received(sms)).toEqual(["resolved: A resolved"]);
});

test("nothing is sent before it is durable; a journal that fails delays nothing, and gets it later", async () => {
  const service = createService();
  const kept = createKeptTexts();
  let order = "";
  const documents: typeof kept.documents = {
    read: kept.documents.read,
    write: async (changes) => {
      await kept.documents.write(changes);
      order += "write ";
    },
  };
  service.answer = () => {
    order += "send ";
    return DELIVERED;
  };
  const bench = createNoticeBench({ services: [service], documents });
  await bench.take(bench.fire("A"));
  expect(order).toBe("write send write ");
  kept.failing = new Error("disk full");
  await bench.take(bench.fire("B"), bench.resolve("A"));
  expect(bench.received()).toEqual(["fired: A firing", "resolved: A resolved", "fired: B firing"]);
  expect(bench.failures.length).toBeGreaterThan(0);
  kept.failing = undefined;
  await bench.take();
  bench.restart();
  await bench.take();
  expect(bench.received()).toHaveLength(3);
  await bench.take(bench.resolve("B"));
  expect(bench.received().at(-1)).toBe("resolved: B resolved");
});

test("a test that the journal refuses is not sent, also once the journal writes again", async () => {
  const kept = createKeptTexts();
  const service = createService();
  const bench = createNoticeBench({ services: [service], documents: kept.documents });
  kept.failing = new Error("disk full");
  await expect(bench.notices.test("oncall", "ada")).rejects.toMatchObject({ code: "not_kept" });
  await bench.take(bench.fire("A"));
  expect(bench.received()).toEqual(["fired: A firing"]);
  kept.failing = undefined;
  await bench.take();
  bench.restart();
  await bench.take();
  expect(bench.received()).toHaveLength(1);
  expect(bench.audit.filter(({ what }) => what === "notice_queued")).toHaveLength(1);
  const [fire, resolve] = await bench.notices.test("oncall", "ada");
  await bench.take();
  expect(service.attempts.slice(1).map(({ id }) => id)).toEqual([fire, resolve]);
  expect(kept.size("notices/queue/oncall")).toBe(0);
});

test("a test that becomes durable after a newer notice is sent, too", async () => {
  const kept = createKeptTexts();
  const service = createService();
  let go = (): void => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  const documents: typeof kept.documents = {
    read: kept.documents.read,
    write: async (changes) => {
      if (changes.some(({ text }) => text?.includes("RumkitTest") === true)) await held;
      await kept.documents.write(changes);
    },
  };
  const bench = createNoticeBench({ services: [service], documents });
  const sent = bench.notices.test("oncall", "ada");
  await bench.take(bench.fire("A"));
  expect(bench.received()).toEqual(["fired: A firing"]);
  go();
  const ids = await sent;
  await bench.take();
  expect(service.attempts.slice(1).map(({ id }) => id)).toEqual(ids);
});

test("the state of the engine is written with the notices, or not at all", async () => {
  const kept = createKeptTexts();
  const writes: string[][] = [];
  const bench = createNoticeBench({
    documents: {
      read: kept.documents.read,
      write: async (changes) => {
        writes.push(changes.map(({ section }) => section));
        await kept.documents.write(changes);
      },
    },
  });
  const extra = { section: "alerts", key: "A", text: "firing" };
  await bench.notices.take([bench.fire("A")], bench.story.current(), bench.now, [extra]);
  expect(writes[0]).toEqual(expect.arrayContaining(["alerts", "notices/groups", "notices/queue/oncall"]));
});

test("a full queue gives up repeats and what was never heard of, never the resolve of what was", async () => {
  const service = createService();
  const bench = createNoticeBench({
    services: [service],
    options: { routes: [{ receivers: ["oncall"], groupBy: ["..."] }], maxNoticesPerHour: 1_000 },
  });
  const heard = Array.from({ length: 20 }, (_, index) => `Heard${index}`);
  await bench.take(...heard.map((name) => bench.fire(name)));
  service.answer = () => FAILED;
  await bench.take(...heard.map((name) => bench.resolve(name)));
  for (let round = 0; round < 12; round += 1) {
    await bench.take(...Array.from({ length: 100 }, (_, index) => bench.fire(`Flood${round}-${index}`)));
  }
  const [state] = bench.notices.receivers();
  expect(state).toMatchObject({ waiting: 1_000, deadLetters: 220 });
  service.answer = () => DELIVERED;
  await bench.pass(600_000);
  const resolved = service.received.filter(({ status }) => status === "resolved");
  expect(new Set(resolved.map(({ alerts }) => alerts[0]))).toEqual(
    new Set(heard.map((name) => `${name} resolved`)),
  );
  expect(resolved).toHaveLength(heard.length);
});

test("a queue of nothing but resolves of what was heard has no bound", async () => {
  const service = createService();
  const bench = createNoticeBench({ services: [service] });
  const names = Array.from({ length: 1_200 }, (_, index) => `A${index}`);
  await bench.take(...names.slice(0, 600).map((name) => bench.fire(name)));
  await bench.take(...names.slice(600).map((name) => bench.fire(name)));
  expect(service.received).toHaveLength(1_200);
  service.answer = () => FAILED;
  await bench.take(...names.map((name) => bench.resolve(name)));
  expect(bench.notices.receivers()).toMatchObject([{ waiting: 1_200, deadLetters: 0 }]);
});

test("what waits at the end is sent by the next start, with the same keys", async () => {
  const service = createService();
  service.answer = () => FAILED;
  const bench = createNoticeBench({ services: [service] });
  await bench.take(bench.fire("A"));
  await bench.take(bench.resolve("A"));
  await bench.notices.close();
  const ids = new Set(service.attempts.map(({ id }) => id));
  await bench.pass(60_000);
  expect(service.attempts).toHaveLength(1);
  service.answer = () => DELIVERED;
  bench.restart();
  await bench.take();
  expect(bench.received()).toEqual(["fired: A firing", "resolved: A resolved"]);
  expect(ids.has(service.received[0]!.id)).toBe(true);
});

test("a service that stalls does not hold the end of the process; the notice comes with its key after it", async () => {
  const service = createService();
  service.answer = () => new Promise(() => {});
  const bench = createNoticeBench({ services: [service] });
  await bench.take(bench.fire("A"));
  await bench.notices.close();
  service.answer = () => DELIVERED;
  bench.restart();
  await bench.take();
  expect(new Set(service.attempts.map(({ id }) => id)).size).toBe(1);
  expect(bench.received()).toEqual(["fired: A firing"]);
});

test("a receiver that comes back within a day has what waited, and hears of the end of what it knows", async () => {
  const [first, second] = [createService("first"), createService("second")];
  const kept = createKeptTexts();
  const options = { routes: [{ receivers: ["first", "second"] }] };
  const bench = createNoticeBench({ services: [first, second], documents: kept.documents, options });
  await bench.take(bench.fire("A"));
  first.answer = () => FAILED;
  await bench.take(bench.fire("B"));
  bench.restart({ receivers: [second.receiver] });
  await bench.take();
  bench.now += 80_000_000;
  first.answer = () => DELIVERED;
  bench.restart();
  await bench.take(bench.resolve("A"));
  await bench.take(bench.fire("C"));
  expect(bench.received(first)).toEqual(expect.arrayContaining(["fired: B firing", "resolved: A resolved"]));
  // Gone for longer, it leaves nothing.
  bench.restart({ receivers: [second.receiver] });
  await bench.take();
  bench.now += 86_400_000;
  expect(kept.size("notices/episodes/first")).toBeGreaterThan(0);
  bench.restart({ receivers: [second.receiver] });
  await bench.take();
  for (const section of ["queue", "dead", "episodes"]) expect(kept.size(`notices/${section}/first`)).toBe(0);
  expect(kept.size("notices/receivers")).toBe(1);
});

test("a test takes the way of all notices: it waits, it is retried, and its outcome can be read", async () => {
  const service = createService();
  const bench = createNoticeBench({ services: [service] });
  service.answer = () => FAILED;
  const [fire = "", resolve = ""] = await bench.notices.test("oncall", "ada");
  expect(bench.notices.outcomeOf("oncall", fire)).toMatchObject({ state: "waiting", reason: "test" });
  service.answer = () => DELIVERED;
  await bench.pass(2_000);
  expect(bench.notices.outcomeOf("oncall", fire)).toMatchObject({ state: "delivered", attempts: 2 });
  expect(bench.notices.outcomeOf("oncall", resolve)).toMatchObject({ state: "delivered" });
  expect(bench.received()).toEqual(["test: RumkitTest firing", "test: RumkitTest resolved"]);
  await expect(bench.notices.test("onkall", "ada")).rejects.toThrow(
    /receiver "onkall" is unknown. Known: oncall/,
  );
});

test("a service that forgets hears of alerts again, also what has just ended, and not more often than it wants", async () => {
  const texts: string[] = [];
  const service = createService("am", {
    refresh: {
      everyMs: 60_000,
      render: (alerts) => alerts.map(({ name, state }) => `${name} ${state}`).join(", "),
    },
  });
  service.answer = ({ episode, body }) => {
    if (episode === "refresh") texts.push(body);
    return DELIVERED;
  };
  const bench = createNoticeBench({ services: [service] });
  await bench.take(bench.fire("A"));
  await bench.pass(150_000);
  await bench.take(bench.resolve("A"));
  await bench.pass(1_200_000);
  expect(texts.slice(0, 3)).toEqual(["A firing", "A firing", "A firing"]);
  expect(texts.slice(3).every((text) => text === "A resolved")).toBe(true);
  expect(texts.length - 3).toBe(15);
  expect(bench.received()).toEqual(["fired: A firing", "resolved: A resolved"]);
});

test("the heartbeat is sent after evaluations, in its interval, never twice at once and never without one", async () => {
  let beats = 0;
  let answer: () => Promise<SendOutcome> = async () => DELIVERED;
  const heartbeat = {
    everyMs: 60_000,
    send: () => {
      beats += 1;
      return answer();
    },
  };
  const bench = createNoticeBench({ heartbeat });
  await bench.pass(180_000);
  expect(beats).toBe(3);
  // Without evaluations there is none, however long that takes.
  bench.now += 3_600_000;
  expect(beats).toBe(3);
  answer = () => Promise.reject(new Error("no network"));
  await bench.take();
  await bench.pass(60_000);
  expect(beats).toBe(5);
  answer = () => new Promise(() => {});
  await bench.pass(600_000);
  expect(beats).toBe(6);
});

test("every sample fits the description of its metric", async () => {
  const service = createService();
  const recorder = createRecorder(describeNoticeMetrics());
  const bench = createNoticeBench({ services: [service] });
  await bench.take(bench.fire("A"));
  bench.notices.show();
  expect(bench.samples.length).toBeGreaterThan(10);
  for (const sample of bench.samples) recorder.resolve(sample);
  expect(new Set(bench.samples.map(({ metric }) => metric))).toEqual(
    new Set(describeNoticeMetrics().map(({ name }) => name)),
  );
});

test("the gauges are those of the receivers", async () => {
  const service = createService();
  service.answer = () => FAILED;
  const bench = createNoticeBench({ services: [service] });
  await bench.take(bench.fire("A"));
  bench.now += 7_000;
  bench.samples.length = 0;
  bench.notices.show();
  expect(Object.fromEntries(bench.samples.map(({ metric, value }) => [metric, value]))).toEqual({
    rum_alert_notices_waiting: 1,
    rum_alert_notices_oldest_seconds: 7,
    rum_alert_dead_letters: 0,
    rum_alert_receiver_failing: 1,
  });
});
