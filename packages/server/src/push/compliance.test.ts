/**
 * The cases of prometheus/compliance `remotewrite/sender` (https://github.com/prometheus/compliance), by their names there. Those
 * about native histograms and exemplars, which a collector does not have, are left out: docs/push.md has the table.
 */
import { Counter, Gauge, Histogram, Registry, Summary } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decodeRequest2, STALE_BITS } from "../../../../test/support/push/decode.ts";
import { startReceiver, type TestReceiver } from "../../../../test/support/push/receiver.ts";
import { createMemoryDocuments } from "../journal/documentSizes.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { createAppMetricsReader } from "../registry/readAppMetrics.ts";
import { createPush, type Push } from "./createPush.ts";
import { describePushMetrics } from "./pushMetrics.ts";
import type { RemoteWriteOptions } from "./remoteWriteOptions.ts";

let now: number;
let receiver: TestReceiver;
let registry: Registry;

beforeEach(async () => {
  now = 1_800_000_000_000;
  receiver = await startReceiver();
  registry = new Registry();
});
afterEach(() => receiver.stop());

function start(options: Partial<RemoteWriteOptions> = {}): Push {
  return createPush({
    options: {
      url: receiver.url,
      allowPrivateAddresses: ["127.0.0.1"],
      labels: { job: "test", instance: "sender" },
      ...options,
    },
    app: "shop",
    recorder: createRecorder(describePushMetrics(), () => now),
    readAppFamilies: createAppMetricsReader(registry, { taken: new Set(), onUnreadable: () => {} }),
    defaultLabels: () => ({}),
    documents: createMemoryDocuments(),
    onRead: () => {},
    now: () => now,
    random: () => 0.5,
    warn: () => {},
  });
}

async function push(sender: Push): Promise<void> {
  now += 15_000;
  await sender.tick();
}

/** Sends once, and returns the values of the series with these labels. */
async function valuesOf(labels: Record<string, string>): Promise<number[]> {
  await push(start());
  return receiver.samples({ job: "test", instance: "sender", ...labels }).map(({ value }) => value);
}

describe("data", () => {
  test("Counter", async () => {
    new Counter({ name: "counter", help: "C.", registers: [registry] }).inc(5);
    expect(await valuesOf({ __name__: "counter" })).toEqual([5]);
  });

  test("Gauge", async () => {
    new Gauge({ name: "gauge", help: "G.", registers: [registry] }).set(-3.5);
    expect(await valuesOf({ __name__: "gauge" })).toEqual([-3.5]);
  });

  test("Histogram", async () => {
    const histogram = new Histogram({ name: "h", help: "H.", buckets: [1, 2], registers: [registry] });
    for (const value of [0.5, 1.5, 9]) histogram.observe(value);
    expect(await valuesOf({ __name__: "h_bucket" })).toEqual([1, 2, 3]);
    expect(receiver.samples({ __name__: "h_sum" })[0]!.value).toBe(11);
    expect(receiver.samples({ __name__: "h_count" })[0]!.value).toBe(3);
  });

  test("Summary", async () => {
    new Summary({ name: "s", help: "S.", percentiles: [0.5, 0.9], registers: [registry] }).observe(2);
    expect(await valuesOf({ __name__: "s" })).toEqual([2, 2]);
    expect(receiver.samples({ __name__: "s_count" })[0]!.value).toBe(1);
  });

  test("Invalid, special values: NaN, both infinities, -0 and the largest double", async () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, Number.MAX_VALUE];
    const gauge = new Gauge({ name: "odd", help: "O.", labelNames: ["n"], registers: [registry] });
    for (const [n, value] of values.entries()) gauge.set({ n }, value);
    expect(await valuesOf({ __name__: "odd" })).toEqual(values);
    // A measured NaN differs from a stale marker.
    expect(receiver.samples({ __name__: "odd", n: "0" })[0]!.bits).not.toBe(STALE_BITS);
  });

  test("Staleness, stale_marker", async () => {
    const gauge = new Gauge({ name: "stale", help: "S.", registers: [registry] });
    gauge.set(1);
    const sender = start();
    await push(sender);
    registry.removeSingleMetric("stale");
    await push(sender);
    expect(receiver.samples({ __name__: "stale" }).map(({ bits }) => bits === STALE_BITS)).toEqual([
      false,
      true,
    ]);
  });

  test("Timestamps, Ordering, timestamp_ordering, millisecond_precision", async () => {
    new Gauge({ name: "now", help: "N.", registers: [registry] }).set(1);
    const sender = start();
    for (let count = 0; count < 3; count += 1) await push(sender);
    const ats = receiver.samples({ __name__: "now" }).map(({ at }) => at);
    expect(ats).toEqual([1, 2, 3].map((count) => 1_800_000_000_000 + count * 15_000));
  });
});

describe("labels", () => {
  test("SortedLabels, RepeatedLabels, EmptyLabels, NameLabel, label_name_format, unicode_in_labels, huge_label_values", async () => {
    const gauge = new Gauge({
      name: "labels",
      help: "L.",
      labelNames: ["z", "a", "B", "empty"],
      registers: [registry],
    });
    gauge.set({ z: 'é"\\\n日本', a: "x".repeat(12_000), B: "1", empty: "" }, 1);
    await push(start());
    for (const { pairs } of receiver.requests.flatMap(({ series }) => series)) {
      const names = pairs.map(([name]) => name);
      expect(names).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)));
      expect(new Set(names).size).toBe(names.length);
      expect(pairs.every(([name, value]) => /^[a-zA-Z_]\w*$/.test(name) && value !== "")).toBe(true);
      expect(names).toContain("__name__");
    }
    expect(receiver.samples({ __name__: "labels", z: 'é"\\\n日本', a: "x".repeat(12_000) })).toHaveLength(1);
  });

  test("JobLabel, InstanceLabel", async () => {
    await push(start());
    const all = receiver.requests.flatMap(({ series }) => series);
    expect(all.every(({ labels }) => labels["job"] === "test" && labels["instance"] === "sender")).toBe(true);
  });

  test("HonorLabels: as a scrape without honor_labels, the sender's label wins", async () => {
    const gauge = new Gauge({ name: "own", help: "O.", labelNames: ["job"], registers: [registry] });
    gauge.set({ job: "mine" }, 1);
    expect(await valuesOf({ __name__: "own", job: "test", exported_job: "mine" })).toEqual([1]);
  });
});

describe("requests", () => {
  test("Headers, http_post_method, snappy_block_format, content_type_protobuf, user_agent, rw1_version_header", async () => {
    await push(start({ headers: { "X-Scope-OrgID": "shop" }, bearerToken: "token-of-a-sender" }));
    const [{ method, path, headers }] = receiver.requests as [(typeof receiver.requests)[0]];
    expect([method, path]).toEqual(["POST", "/api/v1/write"]);
    expect(headers).toMatchObject({
      "content-encoding": "snappy",
      "content-type": "application/x-protobuf",
      "x-prometheus-remote-write-version": "0.1.0",
      "x-scope-orgid": "shop",
      authorization: "Bearer token-of-a-sender",
    });
    expect(headers["user-agent"]).toMatch(/^[\w!#$%&'*+.^`|~-]+(?:\/\S+)?$/);
    expect(headers["content-length"]).toBe(String(receiver.requests[0]!.body.length));
  });

  test("empty_scrape: nothing but the push's own metrics is sent, and nothing fails", async () => {
    await push(start());
    expect(receiver.taken).toHaveLength(1);
  });

  test("batch_multiple_series, size_based_flush: many series share requests of a bounded size", async () => {
    const gauge = new Gauge({ name: "many", help: "M.", labelNames: ["n"], registers: [registry] });
    for (let n = 0; n < 12_000; n += 1) gauge.set({ n }, n);
    await push(start());
    expect(receiver.samples({ __name__: "many" })).toHaveLength(12_000);
    expect(receiver.requests.length).toBeLessThanOrEqual(4);
  });
});

describe("answers", () => {
  const gaugeNow = (): void => new Gauge({ name: "now", help: "N.", registers: [registry] }).set(1);
  const firstAt = (): number =>
    receiver.requests[0]!.series.find(({ labels }) => labels["__name__"] === "now")!.samples[0]!.at;
  const wasResent = (): boolean => receiver.samples({ __name__: "now" }).some(({ at }) => at === firstAt());

  test.each([500, 502, 503, 504, 429])("Retries500, retry_on_%i: it is sent again", async (status) => {
    gaugeNow();
    receiver.answer((_, count) => (count === 1 ? status : 204));
    const sender = start();
    await push(sender);
    await push(sender);
    expect(wasResent()).toBe(true);
  });

  test.each([400, 401, 404, 413])("Retries400, no_retry_on_%i: it is not sent again", async (status) => {
    gaugeNow();
    receiver.answer((_, count) => (count === 1 ? status : 204));
    const sender = start({ bisect: false });
    await push(sender);
    await push(sender);
    expect(wasResent()).toBe(false);
    expect(receiver.samples({ __name__: "now" })).toHaveLength(1);
  });

  test("exponential_backoff_on_errors, backoff_with_jitter: the waits grow up to five minutes", async () => {
    receiver.answer(() => 500);
    const sender = start({ intervalMs: 300_000 });
    await push(sender);
    const waits: number[] = [];
    for (let count = 0; count < 6; count += 1) {
      const before = receiver.requests.length;
      let waited = 0;
      while (receiver.requests.length === before) {
        now += 250;
        waited += 250;
        await sender.tick();
      }
      waits.push(waited);
    }
    expect(waits.at(-1)!).toBeGreaterThan(waits[0]! * 4);
  });

  test("handle_200_ok, handle_204_no_content, ignore_response_body_on_success, handle_large_error_body", async () => {
    gaugeNow();
    const sender = start();
    for (const status of [200, 204, 202]) {
      receiver.answer(() => ({ status, body: status === 204 ? "" : "error: x".repeat(100_000) }));
      await push(sender);
    }
    receiver.answer(() => ({ status: 500, body: "x".repeat(1_000_000) }));
    await push(sender);
    receiver.answer(() => 204);
    await push(sender);
    await push(sender);
    expect(new Set(receiver.samples({ __name__: "now" }).map(({ at }) => at)).size).toBe(6);
  });

  test("connection_refused, network_error_handling: it is sent again once the receiver is there", async () => {
    gaugeNow();
    receiver.answer((_, count) => (count < 3 ? (request) => request.socket.destroy() : 204));
    const sender = start();
    for (let count = 0; count < 4; count += 1) await push(sender);
    expect(wasResent()).toBe(true);
  });
});

describe("remote write 2.0", () => {
  const written = (samples: number): { status: number; headers: Record<string, string> } => ({
    status: 204,
    headers: { "X-Prometheus-Remote-Write-Samples-Written": String(samples) },
  });
  const countOf = (series: readonly { readonly samples: readonly unknown[] }[]): number =>
    series.reduce((sum, { samples }) => sum + samples.length, 0);

  test("proto_parameter, version_header, symbols, even_length_refs, metadata, created_timestamp_counter", async () => {
    receiver.answer(({ series }) => written(countOf(series)));
    new Counter({ name: "c_total", help: "Counted.", registers: [registry] }).inc();
    new Histogram({ name: "h_seconds", help: "Timed.", buckets: [1], registers: [registry] }).observe(3);
    await push(start({ version: "2.0" }));
    const [{ headers, body }] = receiver.requests as [(typeof receiver.requests)[0]];
    expect(headers).toMatchObject({
      "content-type": "application/x-protobuf;proto=io.prometheus.write.v2.Request",
      "x-prometheus-remote-write-version": "2.0.0",
    });
    const { symbols, series } = decodeRequest2(body);
    expect(symbols[0]).toBe("");
    expect(new Set(symbols).size).toBe(symbols.length);
    const counter = series.find(({ labels }) => labels["__name__"] === "c_total")!;
    expect(counter.metadata).toEqual({ type: 1, help: "Counted.", unit: "" });
    expect(counter.samples[0]!.startedAt).toBe(1_800_000_000_000);
    expect(series.find(({ labels }) => labels["__name__"] === "h_seconds_sum")!.metadata!.type).toBe(3);
  });

  test("fallback_on_415, fallback_header_changes, persistent_fallback_choice", async () => {
    new Gauge({ name: "now", help: "N.", registers: [registry] }).set(1);
    receiver.answer(({ headers }) => (String(headers["content-type"]).includes("v2") ? 415 : 204));
    const sender = start({ version: "2.0" });
    await push(sender);
    await push(sender);
    expect(receiver.requests.map(({ headers }) => headers["x-prometheus-remote-write-version"])).toEqual([
      "2.0.0",
      "0.1.0",
      "0.1.0",
    ]);
    expect(receiver.samples({ __name__: "now" })).toHaveLength(2);
  });

  test("handle_missing_written_headers: a receiver that names no number does not know 2.0, and gets 1.0", async () => {
    new Gauge({ name: "now", help: "N.", registers: [registry] }).set(1);
    const sender = start({ version: "2.0" });
    await push(sender);
    expect(receiver.requests.map(({ headers }) => headers["x-prometheus-remote-write-version"])).toEqual([
      "2.0.0",
      "0.1.0",
    ]);
  });

  test("process_written_count_headers, handle_partial_write_response, NoFallbackOn2xx", async () => {
    receiver.answer(({ series }) => written(countOf(series) - 2));
    const sender = start({ version: "2.0" });
    await push(sender);
    await push(sender);
    expect(
      receiver.requests.every(({ headers }) => headers["x-prometheus-remote-write-version"] === "2.0.0"),
    ).toBe(true);
    expect(
      receiver.samples({ __name__: "rum_push_dropped_samples_total", reason: "not_written" }).at(-1)!.value,
    ).toBe(2);
  });
});
