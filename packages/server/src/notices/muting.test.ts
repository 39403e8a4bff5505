import { expect, test } from "vitest";
import { createNoticeBench, createService, START } from "../../../../test/support/notices/noticeBench.ts";

const HOUR = 3_600_000;
const silence = (matchers: readonly string[], endsAt = START + HOUR) => ({
  matchers,
  by: "ada",
  why: "known",
  endsAt,
});

test("a silenced alert has no notice until the silence ends, also after a restart", async () => {
  const bench = createNoticeBench();
  const { id } = await bench.notices.silences.create(silence(["alertname=A"]));
  bench.restart();
  const fire = bench.fire("A");
  await bench.take(fire, bench.fire("B"));
  await bench.pass(HOUR - 1_000, 10_000);
  expect(bench.received()).toEqual(["fired: B firing"]);
  expect(bench.notices.mutedBy(fire.alert)).toEqual([id]);
  await bench.pass(1_000);
  expect(bench.received()).toEqual(["fired: B firing", "fired: A firing"]);
  expect(bench.notices.mutedBy(fire.alert)).toEqual([]);
  expect(bench.audit).toContainEqual(
    expect.objectContaining({ what: "silence_created", who: "ada", about: id }),
  );
});

test("an alert that is silenced when it is resolved is still resolved where its fire was delivered", async () => {
  const bench = createNoticeBench();
  await bench.take(bench.fire("A"));
  await bench.notices.silences.create(silence(["alertname=A"]));
  await bench.pass(60_000);
  await bench.take(bench.resolve("A"));
  expect(bench.received()).toEqual(["fired: A firing", "resolved: A resolved"]);
});

test("a silence that comes while the fire still waits holds back neither it nor its resolve", async () => {
  const service = createService();
  service.answer = () => ({ kind: "retry", reason: "500" });
  const bench = createNoticeBench({ services: [service] });
  await bench.take(bench.fire("A"));
  await bench.notices.silences.create(silence(["alertname=A"]));
  await bench.take(bench.resolve("A"));
  service.answer = () => ({ kind: "delivered" });
  await bench.pass(10_000);
  expect(bench.received()).toEqual(["fired: A firing", "resolved: A resolved"]);
});

test("an alert that fires and ends within a silence has no notice at all", async () => {
  const bench = createNoticeBench();
  await bench.notices.silences.create(silence(["app=shop"]));
  await bench.take(bench.fire("A"));
  await bench.take(bench.resolve("A"));
  await bench.pass(2 * HOUR, 60_000);
  expect(bench.received()).toEqual([]);
});

test("a silence is ended by a person, and listed for a day after", async () => {
  const bench = createNoticeBench();
  const { id } = await bench.notices.silences.create(silence(["app=shop"]));
  await bench.take(bench.fire("A"));
  await bench.notices.silences.end(id, "bob", "over");
  await bench.take();
  expect(bench.received()).toEqual(["fired: A firing"]);
  expect(bench.notices.silences.list(bench.now)).toMatchObject([{ id, by: "ada", endsAt: START }]);
  await bench.notices.silences.end(id, "bob", "again");
  expect(bench.audit.filter(({ what }) => what === "silence_ended")).toHaveLength(1);
  expect(bench.notices.silences.list(START + 25 * HOUR)).toEqual([]);
  await expect(bench.notices.silences.end("nothing", "bob", "")).rejects.toMatchObject({ code: "missing" });
});

test.each([
  [{ matchers: [] }, /1 to 20 matchers/],
  [{ matchers: ["severity"] }, /must be a matcher/],
  [{ matchers: ["app!=other"] }, /match every alert/],
  [{ matchers: ['alertname=~".*"'] }, /match every alert/],
  [{ by: " " }, /author/],
  [{ why: "" }, /reason/],
  [{ why: "x".repeat(501) }, /reason/],
  [{ endsAt: START }, /ends after it begins/],
  [{ endsAt: Number.NaN }, /ends after it begins/],
  [{ endsAt: START + 400 * 24 * HOUR }, /at most a year/],
])("a silence with %j is refused", async (change, message) => {
  const bench = createNoticeBench();
  await expect(bench.notices.silences.create({ ...silence(["app=shop"]), ...change })).rejects.toThrow(
    message,
  );
  expect(bench.notices.silences.list(START)).toEqual([]);
});

test("an alert that another one inhibits has no notice while that fires", async () => {
  const bench = createNoticeBench({
    options: { inhibit: [{ source: ["alertname=Down"], target: ["severity=warning"], equal: ["app"] }] },
  });
  const slow = bench.fire("Slow");
  await bench.take(bench.fire("Down", { severity: "critical" }), slow, bench.fire("Slow", { app: "other" }));
  expect(bench.received().toSorted()).toEqual(["fired: Down firing", "fired: Slow firing"]);
  expect(bench.notices.mutedBy(slow.alert)).toEqual(["inhibited"]);
  await bench.take(bench.resolve("Down", { severity: "critical" }));
  expect(bench.received().slice(2)).toEqual(["resolved: Down resolved"]);
  await bench.pass(60_000);
  expect(bench.received().at(-1)).toMatch(/^changed: Slow firing/);
});

test("alerts that are source and target of one rule do not inhibit each other, nor themselves", async () => {
  const bench = createNoticeBench({ options: { inhibit: [{ source: ["app=shop"], target: ["app=shop"] }] } });
  await bench.take(bench.fire("A"), bench.fire("B"));
  expect(bench.received()).toEqual(["fired: A firing", "fired: B firing"]);
});

test("mute times hold back what fires, on their routes alone, and not what is resolved", async () => {
  const [phone, chat] = [createService("phone"), createService("chat")];
  const bench = createNoticeBench({
    services: [phone, chat],
    options: {
      muteTimes: { lunch: { zone: "Europe/London", days: ["fri"], from: "12:30", to: "13:30" } },
      routes: [{ receivers: ["phone"], muteTimes: ["lunch"], continue: true }, { receivers: ["chat"] }],
    },
  });
  await bench.take(bench.fire("Before"));
  await bench.pass(HOUR / 2, 60_000);
  const fire = bench.fire("A");
  await bench.take(fire, bench.resolve("Before"));
  expect(bench.received(phone)).toEqual(["fired: Before firing", "resolved: Before resolved"]);
  expect(bench.received(chat)).toContain("fired: A firing");
  expect(bench.notices.mutedBy(fire.alert)).toEqual(["lunch"]);
  await bench.pass(HOUR, 60_000);
  expect(bench.received(phone).at(-1)).toBe("fired: A firing");
});

test("maintenance holds back the alerts that it names, for as long as it lasts", async () => {
  const bench = createNoticeBench({
    options: {
      maintenance: [
        { from: "2026-11-27T12:00:00Z", to: "2026-11-27T13:00:00Z", match: ["alertname=A"], why: "Move" },
      ],
    },
  });
  const fire = bench.fire("A");
  await bench.take(fire, bench.fire("B"));
  expect(bench.received()).toEqual(["fired: B firing"]);
  expect(bench.notices.mutedBy(fire.alert)).toEqual(["maintenance"]);
  await bench.pass(HOUR, 60_000);
  expect(bench.received()).toEqual(["fired: B firing", "fired: A firing"]);
});

test("beyond its cap a rule has one notice that says so, then none until it is calm; resolves are never held", async () => {
  const service = createService();
  const bench = createNoticeBench({
    services: [service],
    options: { routes: [{ receivers: ["oncall"], groupBy: ["alertname", "route"] }], maxNoticesPerHour: 4 },
  });
  for (let index = 0; index < 10; index += 1) {
    await bench.take(bench.fire("A", { route: `/${index}` }));
    bench.now += 1_000;
  }
  await bench.take(bench.fire("B"));
  expect(service.received.map(({ reason, alerts }) => `${reason} ${alerts.join()}`)).toEqual([
    ...Array.from({ length: 4 }, () => "fired A firing"),
    "flood A firing",
    "fired B firing",
  ]);
  bench.restart();
  for (let index = 0; index < 10; index += 1) await bench.take(bench.resolve("A", { route: `/${index}` }));
  const resolved = service.received.filter(({ status }) => status === "resolved");
  const fired = service.received.filter(
    ({ reason, alerts }) => reason !== "resolved" && alerts[0] === "A firing",
  );
  expect(resolved.map(({ episode }) => episode)).toEqual(fired.map(({ episode }) => episode));
  await bench.pass(HOUR, 60_000);
  await bench.take(bench.fire("A", { route: "/new" }));
  expect(service.received.at(-1)).toMatchObject({ reason: "fired" });
});

test("alerts that a flood held back are sent once it is over, if they still fire", async () => {
  const service = createService();
  const bench = createNoticeBench({
    services: [service],
    options: { routes: [{ receivers: ["oncall"], groupBy: ["..."] }], maxNoticesPerHour: 2 },
  });
  await bench.take(...["/1", "/2", "/3", "/4"].map((route) => bench.fire("A", { route })));
  expect(service.received.map(({ reason }) => reason)).toEqual(["fired", "fired", "flood"]);
  await bench.pass(HOUR, 60_000);
  expect(service.received.map(({ reason }) => reason)).toEqual(["fired", "fired", "flood", "fired"]);
});

test("a flapping alert says so once, is quiet while it flaps, and has one end", async () => {
  const service = createService();
  const bench = createNoticeBench({
    services: [service],
    options: { flapping: { changes: 6, within: "10m" } },
  });
  for (let times = 0; times < 10; times += 1) {
    const fire = bench.fire("A");
    await bench.take(fire);
    if (times === 5) expect(bench.notices.mutedBy(fire.alert)).toEqual(["flapping"]);
    await bench.pass(20_000);
    await bench.take(bench.resolve("A"));
    await bench.pass(20_000);
    if (times === 6) bench.restart();
  }
  expect(service.received.map(({ reason }) => reason)).toEqual([
    "fired",
    "resolved",
    "fired",
    "resolved",
    "fired",
    "resolved",
    "flapping",
  ]);
  await bench.pass(900_000);
  expect(service.received.slice(7).map(({ reason }) => reason)).toEqual(["resolved"]);
  expect(service.received[7]!.episode).toBe(service.received[6]!.episode);
  // Calm again, it is as any other.
  await bench.take(bench.fire("A"));
  expect(service.received.at(-1)).toMatchObject({ reason: "fired" });
});

test("an alert that still fires when it has become calm has a fire of its newest episode", async () => {
  const service = createService();
  const bench = createNoticeBench({
    services: [service],
    options: { flapping: { changes: 4, within: "5m" } },
  });
  for (let times = 0; times < 4; times += 1) {
    await bench.take(bench.fire("A"));
    await bench.pass(5_000);
    await bench.take(bench.resolve("A"));
    await bench.pass(5_000);
  }
  await bench.take(bench.fire("A"));
  await bench.pass(600_000);
  expect(service.received.slice(-3).map(({ reason }) => reason)).toEqual(["flapping", "resolved", "fired"]);
  await bench.take(bench.resolve("A"));
  expect(service.received.at(-1)).toMatchObject({ reason: "resolved" });
});

test("a label value that flaps does not hold back its neighbors", async () => {
  const bench = createNoticeBench({
    options: {
      routes: [{ receivers: ["oncall"], groupBy: ["..."] }],
      flapping: { changes: 4, within: "10m" },
    },
  });
  for (let times = 0; times < 6; times += 1) {
    await bench.take(bench.fire("A", { route: "/flaps" }));
    await bench.take(bench.resolve("A", { route: "/flaps" }));
    bench.now += 10_000;
  }
  const before = bench.received().length;
  await bench.take(bench.fire("A", { route: "/other" }));
  expect(bench.received()).toHaveLength(before + 1);
});
