import { expect, test } from "vitest";
import { Faults, object } from "../base/shape.ts";
import { checkReceiverCount, noticeChecks } from "./noticeChecks.ts";
import type { NoticeOptions } from "./noticeOptions.ts";

const NAMES = { receivers: ["oncall", "chat"], muteTimes: ["nights"] };

function faultsOf(options: unknown): readonly string[] {
  const faults = new Faults("alerts");
  object(noticeChecks(NAMES), { example: "{}" })(options, [], faults);
  return faults.found.map(({ text }) => text);
}

test("options as they are documented have no fault", () => {
  const options: NoticeOptions = {
    routes: [
      {
        match: ["severity=critical", 'route=~"/cart|/checkout"', "team!=web", 'app!~"test.*"'],
        receivers: ["oncall", "chat"],
        groupBy: ["alertname", "app"],
        groupWait: "0s",
        groupInterval: "30s",
        repeatInterval: "4h",
        muteTimes: ["nights"],
        continue: true,
      },
      { receivers: ["chat"] },
    ],
    inhibit: [{ source: ["alertname=ShopDown"], target: ["severity=warning"], equal: ["app"] }],
    muteTimes: { nights: { zone: "Europe/Berlin", days: ["mon", "fri"], from: "22:00", to: "06:00" } },
    maintenance: [{ from: "2026-12-01T02:00:00Z", to: "2026-12-01T04:00:00+01:00", match: [], why: "Move" }],
    maxNoticesPerHour: 30,
    flapping: { changes: 6, within: "10m" },
    heartbeat: { url: "https://watcher.example/ping", every: "1m" },
  };
  expect(faultsOf(options)).toEqual([]);
});

test.each([
  [
    { routes: [{ receivers: ["onkall"] }] },
    'routes[0].receivers[0] must be the name of a receiver, not "onkall". Did you mean "oncall"?',
  ],
  [{ routes: [{ receivers: [] }] }, 'routes[0].receivers is empty. Write e.g. ["oncall"].'],
  [
    { routes: [{ match: ["a=1"] }] },
    'routes[0].receivers is required: the names of receivers, e.g. ["oncall"].',
  ],
  [
    { routes: [{ receivers: ["chat"], muteTimes: ["days"] }] },
    'routes[0].muteTimes[0] must be the name of a mute time, not "days". Known: nights.',
  ],
  [
    { routes: [{ receivers: ["chat"], match: ["severity"] }] },
    "routes[0].match[0] must be a matcher of a label, e.g. ",
  ],
  [
    { routes: [{ receivers: ["chat"], match: ["a=~(x+)+y"] }] },
    'routes[0].match[0] has "(" in its expression: only literals, "|", ".*" and ".+" are supported.',
  ],
  [{ routes: [{ receivers: ["chat"], groupWait: 5 }] }, 'Did you mean "5s"?'],
  [{ routes: [{ receivers: ["chat"], repeatInterval: "0s" }] }, "must be longer than zero"],
  [{ routes: [{ receivers: ["chat"], groupby: ["app"] }] }, 'Did you mean "groupBy"?'],
  [
    { muteTimes: { nights: { zone: "Europe/Berln", from: "22:00", to: "06:00" } } },
    'Did you mean "Europe/Berlin"?',
  ],
  [{ muteTimes: { nights: { zone: "+02:00", from: "22:00", to: "06:00" } } }, "must be an IANA time zone"],
  [{ muteTimes: { nights: { zone: "UTC", from: "24:00", to: "06:00" } } }, 'from "00:00" to "23:59"'],
  [{ muteTimes: { nights: { zone: "UTC", from: "9:00", to: "10:00" } } }, "must be a time of the day"],
  [{ muteTimes: { nights: { zone: "UTC", from: "09:00", to: "09:00" } } }, "begins when it ends"],
  [
    { muteTimes: { nights: { zone: "UTC", days: ["monday"], from: "09:00", to: "10:00" } } },
    "muteTimes.nights.days[0] must be",
  ],
  [
    { maintenance: [{ from: "2026-12-01T02:00", to: "2026-12-01T04:00Z", why: "x" }] },
    "ISO 8601 with its zone",
  ],
  [
    { maintenance: [{ from: "2026-02-30T02:00Z", to: "2026-12-01T04:00Z", why: "x" }] },
    "maintenance[0].from",
  ],
  [
    { maintenance: [{ from: "2026-12-01T04:00Z", to: "2026-12-01T02:00Z", why: "x" }] },
    "must end after it begins",
  ],
  [
    { maintenance: [{ from: "2026-12-01T02:00Z", to: "2026-12-01T04:00Z" }] },
    "maintenance[0].why is required",
  ],
  [{ maxNoticesPerHour: 0 }, "an integer from 1 to 1000"],
  [{ flapping: { changes: 6 } }, "flapping.within is required"],
  [{ heartbeat: { url: { env: "RUMKIT_NOT_SET" } } }, "which is not set"],
  [{ inhibit: [{ source: [], target: ["a=b"] }] }, "inhibit[0].source is empty"],
] as const)("%j is refused with its place and advice", (options, text) => {
  expect(faultsOf(options).join("\n")).toContain(text);
});

test("all faults are found at once", () => {
  expect(
    faultsOf({ routes: [{ receivers: ["x"] }], muteTimes: { "": 1 }, maxNoticesPerHour: "3" }),
  ).toHaveLength(4);
});

test("receivers are bounded, as their series are", () => {
  const faults = new Faults("alerts");
  checkReceiverCount(
    Object.fromEntries(Array.from({ length: 21 }, (_, index) => [index, {}])),
    ["receivers"],
    faults,
  );
  expect(faults.found[0]?.text).toContain("At most 20");
});
