/**
 * The notices that a busy service misses: `npm run bench -- notices`.
 *
 * A webhook answers 429 with `Retry-After` while alerts fire and end. The same alerts go through Debian's Alertmanager and
 * through our delivery, at the same time, to two such webhooks. Times are a twentieth of real ones: 429 for 10 minutes,
 * Alertmanager's defaults of 30 seconds and 5 minutes for `group_wait` and `group_interval`, alerts of 1 to 12 minutes.
 */
import { setTimeout as wait } from "node:timers/promises";
import { createMemoryJournal } from "@rumkit/server";
import { type Alert, createNotices, createReceiver } from "@rumkit/server/internal/testing";
import { type RunningAlertmanager, startAlertmanager } from "../test/support/receivers/alertmanager.ts";
import { alertWith } from "../test/support/receivers/notices.ts";
import { type BusyService, startBusyService } from "./notices/busyService.ts";
import { isShort } from "./rounds.ts";

const COUNT = isShort ? 6 : 40;
const BUSY_MS = isShort ? 4_000 : 30_000;
const GROUP_INTERVAL_MS = isShort ? 2_000 : 15_000;
const GROUP_WAIT_MS = isShort ? 200 : 1_500;
const SHORTEST_MS = isShort ? 500 : 3_000;
const LONGEST_MS = isShort ? 3_000 : 36_000;
/** Of the service, in seconds: a second is the least that the header can say. */
const RETRY_AFTER = 1;

/** An alert that fires from one moment to another, in milliseconds from the start. */
interface Planned {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Spread evenly over the time in which the service is busy, and over lengths, in no common order. */
const plan: readonly Planned[] = Array.from({ length: COUNT }, (_, index) => {
  const from = (index / COUNT) * BUSY_MS * 0.9;
  const length = SHORTEST_MS + (((index * 7) % COUNT) / COUNT) * (LONGEST_MS - SHORTEST_MS);
  return { name: `Alert${index}`, from, to: from + length };
});

const END_MS =
  Math.max(BUSY_MS, ...plan.map(({ to }) => to)) + 2 * GROUP_INTERVAL_MS + (isShort ? 500 : 3_000);

const services = {
  Alertmanager: await startBusyService(RETRY_AFTER),
  rumkit: await startBusyService(RETRY_AFTER),
};
const alertmanager = await startAlertmanager({
  route: {
    receiver: "hook",
    group_by: ["alertname"],
    group_wait: `${GROUP_WAIT_MS}ms`,
    group_interval: `${GROUP_INTERVAL_MS}ms`,
    repeat_interval: "4h",
  },
  receivers: [{ name: "hook", webhook_configs: [{ url: services.Alertmanager.url, send_resolved: true }] }],
});
const started = Date.now();
await Promise.all([feedAlertmanager(alertmanager), feedOurs(services.rumkit), recoverLater()]);
printTable();
await alertmanager.stop();
for (const service of Object.values(services)) service.close();

async function recoverLater(): Promise<void> {
  await wait(BUSY_MS);
  for (const service of Object.values(services)) service.recover();
}

/** Sends as Prometheus does: an alert that fires again and again, and its end for some time. */
async function feedAlertmanager(receiver: RunningAlertmanager): Promise<void> {
  for (let at = 0; at < END_MS; at = Date.now() - started) {
    const known = plan.filter(({ from }) => from <= at);
    const alerts = known.map(({ name, from, to }) => ({
      labels: { alertname: name, app: "shop" },
      annotations: { summary: name },
      startsAt: new Date(started + from).toISOString(),
      ...(to <= at && { endsAt: new Date(started + to).toISOString() }),
    }));
    await receiver.post("alerts", JSON.stringify(alerts));
    await wait(250);
  }
}

async function feedOurs(service: BusyService): Promise<void> {
  const receiver = createReceiver(
    "hook",
    { type: "webhook", url: service.url },
    { allowPrivateAddresses: ["127.0.0.1"] },
  );
  const notices = createNotices({
    options: {},
    receivers: [receiver],
    documents: createMemoryJournal().documents!,
    now: Date.now,
    random: Math.random,
    audit: { add: () => {} },
    record: () => {},
    onFailed: (error) => {
      throw error;
    },
  });
  let before = new Set<string>();
  for (let at = 0; at < END_MS; at = Date.now() - started) {
    const firing = plan.filter(({ from, to }) => from <= at && at < to);
    const ended = plan.filter(({ name, to }) => before.has(name) && to <= at);
    const began = firing.filter(({ name }) => !before.has(name));
    before = new Set(firing.map(({ name }) => name));
    const now = Date.now();
    const changes = [
      ...began.map((planned) => ({ kind: "firing" as const, at: now, alert: alertOf(planned) })),
      ...ended.map((planned) => ({ kind: "resolved" as const, at: now, alert: alertOf(planned, now) })),
    ];
    await notices.take(
      changes,
      firing.map((planned) => alertOf(planned)),
      now,
    );
    await wait(250);
  }
  await notices.close();
}

function alertOf({ name, from }: Planned, endsAt?: number): Alert {
  const startsAt = Math.round(started + from);
  return alertWith({
    name,
    fingerprint: name,
    episode: `${name}-${startsAt}`,
    startsAt,
    endsAt,
    state: endsAt === undefined ? "firing" : "resolved",
  });
}

function printTable(): void {
  console.log(
    `${COUNT} alerts of ${SHORTEST_MS / 1_000} to ${LONGEST_MS / 1_000} s; 429 for ${BUSY_MS / 1_000} s; Retry-After: ${RETRY_AFTER}\n`,
  );
  console.log(
    "| sender | heard of firing | never heard of | heard twice or more | resolves heard | answers of 429 |",
  );
  console.log("| --- | ---: | ---: | ---: | ---: | ---: |");
  for (const [name, { taken, refused }] of Object.entries(services)) {
    const twice = [...taken.firing.values()].filter((times) => times > 1).length;
    const cells = [name, taken.firing.size, COUNT - taken.firing.size, twice, taken.resolved.size, refused()];
    console.log(`| ${cells.join(" | ")} |`);
  }
}
