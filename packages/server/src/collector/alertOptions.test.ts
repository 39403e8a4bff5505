import { expect, test } from "vitest";
import { checkOptions } from "./checkOptions.ts";

/** Everything that is wrong with the option `alerts`. */
function faultsOf(alerts: unknown, more: object = {}): string[] {
  try {
    checkOptions({ alerts, ...more });
    return [];
  } catch (error) {
    return (error as Error).message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
}

const SECRET = "https://hooks.slack.example/services/T0/B0/hidden-secret";
const KEY = `whsec_${Buffer.alloc(32).toString("base64")}`;
const action = { match: ["alertname=ShopErrors"], url: "https://deploy.example/rollback/hidden-secret" };

test("complete options are fine", () => {
  const alerts = {
    receivers: {
      chat: { type: "slack", url: SECRET },
      hook: { type: "webhook", url: "https://hooks.example/x", secrets: [KEY] },
    },
    routes: [
      { match: ["severity=critical"], receivers: ["chat", "hook"], muteTimes: ["nights"] },
      { receivers: ["chat"] },
    ],
    inhibit: [{ source: ["alertname=ShopDown"], target: ["severity=warning"], equal: ["app"] }],
    muteTimes: { nights: { zone: "Europe/Berlin", from: "22:00", to: "06:00" } },
    maintenance: [{ from: "2026-12-01T02:00:00Z", to: "2026-12-01T04:00:00Z", why: "The move." }],
    maxNoticesPerHour: 30,
    flapping: { changes: 6, within: "10m" },
    heartbeat: { url: "https://watch.example/beat", every: "1m" },
    links: {
      live: "https://shop.example/realtime",
      grafana: "https://grafana.example",
      runbooks: "https://wiki.example",
    },
    allowPrivateAddresses: ["10.0.0.0/8", "::1"],
    onAlert: () => {},
    actions: {
      rollback: {
        ...action,
        secret: KEY,
        approvals: 1,
        expiresAfter: "1h",
        cooldown: "30m",
        verifyAfter: "10m",
      },
    },
  };
  expect(faultsOf(alerts)).toEqual([]);
  expect(faultsOf({})).toEqual([]);
  expect(faultsOf(false)).toEqual([]);
});

test("all faults are reported at once, each with its place", () => {
  const faults = faultsOf({
    recievers: {},
    receivers: { chat: { type: "slak", url: SECRET }, hook: { type: "webhook" } },
    routes: [{ receivers: ["chatt"] }],
    muteTimes: { nights: { zone: "Europe/Berln", from: "22:00", to: "6:00" } },
    actions: { rollback: { match: [], url: "http://10.0.0.1/hidden-secret", approvals: 3 } },
  }).join("\n");
  for (const fault of [
    'alerts.recievers is unknown here. Did you mean "receivers"?',
    "alerts.receivers.chat.type must be",
    "alerts.receivers.hook.url is required",
    "alerts.routes[0].receivers[0]",
    'Did you mean "chat"?',
    'Did you mean "Europe/Berlin"?',
    "alerts.muteTimes.nights.to must be a time of the day",
    "alerts.actions.rollback.match is empty",
    "alerts.actions.rollback.url has an address of a private network",
    "alerts.actions.rollback.approvals must be 0, 1 or 2",
  ])
    expect(faults).toContain(fault);
  expect(faults).not.toContain("hidden-secret");
});

test.each([
  [true, "alerts must be an object"],
  [{ receivers: { "a b": { type: "slack", url: SECRET } } }, "is not a name"],
  [{ receivers: { chat: SECRET } }, "alerts.receivers.chat must be an object"],
  [
    { receivers: { chat: { type: "slack", url: { env: "NOT_SET_ANYWHERE" } } } },
    'names the variable "NOT_SET_ANYWHERE", which is not set',
  ],
  [
    { receivers: { chat: { type: "slack", url: { file: "/nowhere/hidden-secret" } } } },
    "names a file that cannot be read: ENOENT",
  ],
  [
    { receivers: { hook: { type: "webhook", url: "https://169.254.169.254/hidden-secret" } } },
    "private network",
  ],
  [
    { receivers: { hook: { type: "webhook", url: "https://h.example", secrets: ["hidden-secret"] } } },
    "must begin with whsec_",
  ],
  [{ heartbeat: { url: "http://127.0.0.1/hidden-secret" } }, "alerts.heartbeat.url"],
  [{ heartbeat: { url: 7 } }, "alerts.heartbeat.url"],
  [{ links: { live: "realtime" } }, "alerts.links.live must be an http or https URL"],
  [
    { links: { live: "https://user:hidden-secret@shop.example" } },
    "alerts.links.live must be an http or https URL",
  ],
  [
    { allowPrivateAddresses: ["10.0.0.0/99"] },
    "alerts.allowPrivateAddresses[0] must be an address or a network",
  ],
  [{ onAlert: "notify" }, "alerts.onAlert must be a function"],
  [{ actions: { "roll.back": action } }, "is not a name"],
  [{ actions: { rollback: { ...action, match: ["severity=~(a+)+"] } } }, "alerts.actions.rollback.match[0]"],
  [{ actions: { rollback: { ...action, match: undefined } } }, "alerts.actions.rollback.match is required"],
  [{ actions: { rollback: { ...action, cooldown: 30 } } }, 'Did you mean "30s"?'],
  [{ actions: { rollback: { ...action, verifyAfter: "0s" } } }, "must be longer than zero"],
  [
    { actions: { rollback: { ...action, authorization: "Bearer hidden-secret\r\nx: y" } } },
    "control character",
  ],
  [{ actions: { rollback: { ...action, approvals: 2 } } }, "That needs two tokens of scope alerts in access"],
])("%j is refused", (alerts, fault) => {
  const faults = faultsOf(alerts).join("\n");
  expect(faults).toContain(fault);
  expect(faults).not.toContain("hidden-secret");
});
