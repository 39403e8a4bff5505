import { expect, test } from "vitest";
import { createNoticeBench, createService, START } from "../../../../test/support/notices/noticeBench.ts";

test("an alert has one notice when it fires, and once when it is resolved, in one episode", async () => {
  const service = createService();
  const bench = createNoticeBench({ services: [service] });
  await bench.take(bench.fire("A"));
  await bench.pass(60_000);
  await bench.take(bench.resolve("A"));
  await bench.pass(60_000);
  expect(bench.received()).toEqual(["fired: A firing", "resolved: A resolved"]);
  const [fire, resolve] = service.received;
  expect(fire).toMatchObject({ status: "firing", episode: resolve!.episode });
  expect(resolve).toMatchObject({ status: "resolved" });
  expect(fire!.id).not.toBe(resolve!.id);
  expect(fire!.id).not.toContain(".");
});

test("it fires again in a new episode, in the same second if need be", async () => {
  const service = createService();
  const bench = createNoticeBench({ services: [service] });
  for (let times = 0; times < 2; times += 1) {
    await bench.take(bench.fire("A"));
    await bench.take(bench.resolve("A"));
  }
  bench.now += 1;
  await bench.take(bench.fire("A"));
  expect(bench.received().map((text) => text.split(":")[0])).toEqual([
    "fired",
    "resolved",
    "fired",
    "resolved",
    "fired",
  ]);
  expect(new Set(service.received.map(({ episode }) => episode)).size).toBe(3);
});

test("a resolve and a fire of one evaluation are two notices, the resolve first", async () => {
  const bench = createNoticeBench();
  await bench.take(bench.fire("A"));
  bench.now += 5_000;
  await bench.take(bench.resolve("A"), bench.fire("A"));
  expect(bench.received()).toEqual(["fired: A firing", "resolved: A resolved", "fired: A firing"]);
});

test("alerts with the labels of groupBy are one notice; those that join wait for groupInterval", async () => {
  const bench = createNoticeBench({
    options: { routes: [{ receivers: ["oncall"], groupBy: ["app"], groupWait: "10s", groupInterval: "1m" }] },
  });
  await bench.take(bench.fire("A"));
  await bench.pass(5_000);
  await bench.take(bench.fire("B"), bench.fire("Other", { app: "other" }));
  await bench.pass(4_000);
  expect(bench.received()).toEqual([]);
  await bench.pass(1_000);
  expect(bench.received()).toEqual(["fired: A firing, B firing"]);
  await bench.pass(5_000);
  expect(bench.received()[1]).toBe("fired: Other firing");
  await bench.take(bench.fire("C"), bench.resolve("A"));
  await bench.pass(54_000);
  expect(bench.received()).toHaveLength(2);
  await bench.pass(1_000);
  expect(bench.received()[2]).toBe("changed: C firing, B firing, A resolved");
  // The whole group is resolved: that waits for nothing.
  await bench.take(bench.resolve("B"), bench.resolve("C"));
  expect(bench.received()[3]).toBe("resolved: B resolved, C resolved");
});

test("an alert that ends within groupWait has no notice", async () => {
  const bench = createNoticeBench({ options: { routes: [{ receivers: ["oncall"], groupWait: "10s" }] } });
  await bench.take(bench.fire("A"));
  await bench.pass(5_000);
  await bench.take(bench.resolve("A"));
  await bench.pass(60_000);
  expect(bench.received()).toEqual([]);
});

test("it is repeated after repeatInterval while it fires, and not once a person has it", async () => {
  const bench = createNoticeBench({ options: { routes: [{ receivers: ["oncall"], repeatInterval: "1h" }] } });
  const fire = bench.fire("A");
  await bench.take(fire);
  await bench.pass(7_199_000, 60_000);
  expect(bench.received()).toEqual(["fired: A firing", "repeat: A firing"]);
  await bench.notices.acknowledgements.acknowledge(fire.alert.episode, "ada", "I look at it");
  bench.restart();
  await bench.pass(36_000_000, 60_000);
  expect(bench.received()).toHaveLength(2);
  expect(bench.notices.acknowledgements.of(fire.alert.episode)).toMatchObject({ by: "ada" });
  await bench.take(bench.resolve("A"));
  expect(bench.received().at(-1)).toBe("resolved: A resolved");
  // The next episode is a new one.
  await bench.take(bench.fire("A"));
  await bench.pass(3_600_000, 60_000);
  expect(bench.received().slice(-2)).toEqual(["fired: A firing", "repeat: A firing"]);
});

test("what was never heard of cannot be acknowledged", async () => {
  const bench = createNoticeBench();
  await expect(bench.notices.acknowledgements.acknowledge("nothing", "ada", "")).rejects.toMatchObject({
    code: "missing",
  });
});

test("the first route that matches decides, and the next one too with continue", async () => {
  const [oncall, chat, rest] = [createService("oncall"), createService("chat"), createService("rest")];
  const bench = createNoticeBench({
    services: [oncall, chat, rest],
    options: {
      routes: [
        { match: ["severity=critical"], receivers: ["oncall"], continue: true },
        { match: ['alertname=~"Shop.*"'], receivers: ["chat"] },
        { receivers: ["rest"] },
      ],
    },
  });
  await bench.take(
    bench.fire("ShopDown", { severity: "critical" }),
    bench.fire("ShopSlow"),
    bench.fire("Other", { severity: "critical" }),
  );
  expect(bench.received(oncall)).toEqual(["fired: ShopDown firing", "fired: Other firing"]);
  expect(bench.received(chat)).toEqual(["fired: ShopDown firing", "fired: ShopSlow firing"]);
  expect(bench.received(rest)).toEqual(["fired: Other firing"]);
});

test("a notice has at most 50 alerts, and says how many more there are", async () => {
  const service = createService();
  const bench = createNoticeBench({ services: [service] });
  await bench.take(...Array.from({ length: 60 }, (_, index) => bench.fire("A", { route: `/${index}` })));
  expect(service.received).toHaveLength(1);
  expect(service.received[0]!.alerts).toHaveLength(50);
  expect(service.received[0]!.leftOut).toBe(10);
});

test("a restart fires nothing again, forgets no resolve, and finds what the engine found meanwhile", async () => {
  const bench = createNoticeBench();
  await bench.take(bench.fire("A"), bench.fire("B"));
  bench.restart();
  await bench.take();
  await bench.pass(60_000);
  expect(bench.received()).toEqual(["fired: A firing", "fired: B firing"]);
  // B ends, and its change is lost with the process: the alerts of the engine show it.
  bench.resolve("B");
  bench.fire("C");
  bench.restart();
  await bench.take();
  await bench.take(bench.resolve("A"));
  expect(bench.received().slice(2)).toEqual([
    "resolved: B resolved",
    "fired: C firing",
    "resolved: A resolved",
  ]);
});

test("after the options changed, a resolve goes where its fire went", async () => {
  const [first, second] = [createService("first"), createService("second")];
  const bench = createNoticeBench({
    services: [first, second],
    options: { routes: [{ receivers: ["first"] }] },
  });
  await bench.take(bench.fire("A"));
  bench.restart({ options: { routes: [{ receivers: ["second"] }] } });
  await bench.take(bench.resolve("A"), bench.fire("B"));
  expect(bench.received(first)).toEqual(["fired: A firing", "resolved: A resolved"]);
  expect(bench.received(second)).toEqual(["fired: B firing"]);
});

test("if its receiver is gone, the new one hears of an alert that fires", async () => {
  const [first, second] = [createService("first"), createService("second")];
  const bench = createNoticeBench({
    services: [first, second],
    options: { routes: [{ receivers: ["first"] }] },
  });
  await bench.take(bench.fire("A"));
  bench.restart({ receivers: [second.receiver], options: { routes: [{ receivers: ["second"] }] } });
  await bench.take();
  expect(bench.received(second)).toEqual(["fired: A firing"]);
});

test.each([3_600_000, -7_200_000, 400 * 86_400_000])(
  "a clock that jumps by %i ms fires nothing again, and delays no resolve",
  async (jump) => {
    const bench = createNoticeBench({
      options: { routes: [{ receivers: ["oncall"], groupBy: ["app"], repeatInterval: "1000d" }] },
    });
    await bench.take(bench.fire("A"), bench.fire("B"));
    bench.now += jump;
    await bench.take();
    await bench.take(bench.resolve("A"));
    await bench.pass(40_000);
    expect(bench.received()).toEqual(["fired: A firing, B firing", "changed: B firing, A resolved"]);
    await bench.take(bench.resolve("B"));
    expect(bench.received()[2]).toBe("resolved: B resolved");
    expect(bench.now).not.toBe(START);
  },
);
