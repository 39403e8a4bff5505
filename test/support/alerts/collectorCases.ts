import { defineCatalog } from "@rumkit/protocol";
import { describeMetrics } from "@rumkit/server";
import { renderRules } from "rumkit/generate";
import type { SeriesByName } from "../promtool.ts";
import type { AlertCase } from "./alertCase.ts";

export const collectorBlog = defineCatalog({
  app: "blog",
  routes: ["/"],
  conversions: { donation: { help: "Donations.", from: "server", value: { money: ["USD"] } } },
  alerts: { conversions_missing: false, conversion_rate_halved: false },
});

/** The rules of an app that has every alert about the collector, and no other. */
export const collectorRules = renderRules(describeMetrics(collectorBlog), collectorBlog);

/** A process of the app's job, or of another; its series by name without these labels. */
export const of = (series: SeriesByName, instance = "a:4000", job = "blog"): SeriesByName =>
  Object.fromEntries(
    Object.entries(series).map(([name, values]) => {
      const [metric, labels = "}"] = name.split("{");
      const target = `job="${job}",instance="${instance}"`;
      return [`${metric}{${target}${labels === "}" ? "" : ","}${labels}`, values];
    }),
  );

const INSTANCE = { instance: "a:4000" };

export const collectorCases: readonly AlertCase[] = [
  {
    alert: "BlogCollectorDown",
    severity: "critical",
    labels: INSTANCE,
    firing: of({ up: "1x9 0x20" }),
    at: "12m",
    tooEarly: "11m",
    summary: "a:4000 has not answered a scrape for two minutes.",
    description: /^The process is gone/,
    isState: true,
    recovers: { change: { up: 1 }, by: "45m" },
    quiet: {
      "one that answers": of({ up: "1x30" }),
      "one that restarts": of({ up: "1x9 0 1x20" }),
      "a target that was taken out": of({ up: "1x5 0 stale" }),
    },
  },
  {
    alert: "BlogCollectorAbsent",
    severity: "critical",
    labels: {},
    firing: of({ up: "1x20", rum_ready: "1x20" }, "a:4000", "rumkit"),
    at: "5m",
    tooEarly: "4m",
    summary: "no collector is scraped under this job.",
    description: /^Prometheus has no target of that job/,
    isState: true,
    recovers: { change: {}, and: of({ up: "_x20 1x40", rum_ready: "_x20 1x40" }), by: "30m" },
    quiet: {
      "one that answers": of({ up: "1x30", rum_ready: "1x30" }),
      "one that is down, of which another alert tells": of({ up: "0x30" }),
      "one that is not ready": of({ up: "1x30", rum_ready: "0x30" }),
      "one of two": { ...of({ up: "0x30" }, "b:4000"), ...of({ up: "1x30", rum_ready: "1x30" }) },
    },
  },
  {
    alert: "BlogScrapesLost",
    severity: "warning",
    labels: INSTANCE,
    firing: of({ up: "1x9 0 1 1 1 0 1 1 1 0 1 1 1 0 1 1 1 0 1 1 1 0 1 1 1 0 1 1 1 0 1 1 1 0 1 1 1" }),
    at: "36m",
    tooEarly: "30m",
    summary: "only 72.73% of the scrapes of a:4000 arrive.",
    description: /^Graphs have gaps/,
    isState: true,
    recovers: { change: { up: 1 }, by: "60m" },
    quiet: {
      "no gap": of({ up: "1x60" }),
      "one restart in ten minutes": of({ up: "1x9 0 1x9 0 1x9 0 1x9" }),
      "an outage of nine minutes, of which another alert told": of({ up: "1x12 0x8 1x40" }),
      "one that is down all the time": of({ up: "0x60" }),
    },
  },
  {
    alert: "BlogJobShared",
    severity: "warning",
    labels: {},
    firing: {
      ...of({ 'app_info{app="blog"}': "1x30" }),
      ...of({ 'app_info{app="shop"}': "1x30" }, "b:4000"),
      ...of({ 'app_info{app="cart"}': "1x30" }, "c:4000"),
    },
    at: "10m",
    tooEarly: "9m",
    summary: "the job scrapes another app, too.",
    description: /^Its requests and errors are added/,
    isState: true,
    recovers: { change: {}, by: "50m" },
    quiet: {
      "two instances of the app": {
        ...of({ 'app_info{app="blog"}': "1x30" }),
        ...of({ 'app_info{app="blog"}': "1x30" }, "b:4000"),
      },
      "a target with its own label app": of({
        'app_info{app="web",exported_app="blog"}': "1x30",
      }),
    },
  },
  {
    alert: "BlogCollectorNotReady",
    severity: "critical",
    labels: INSTANCE,
    firing: of({ rum_ready: "1x9 0x20" }),
    at: "12m",
    tooEarly: "11m",
    summary: "a:4000 has not been ready for two minutes.",
    description: /^Load balancers send it no requests/,
    isState: true,
    recovers: { change: { rum_ready: 1 }, by: "45m" },
    quiet: {
      "one that is ready": of({ rum_ready: "1x30" }),
      "one that was not for a minute": of({ rum_ready: "1x10 0x0 1x20" }),
    },
  },
  {
    alert: "BlogJournalFailing",
    severity: "critical",
    labels: INSTANCE,
    firing: of({ rum_journal_failing: "0x9 1x20" }),
    at: "11m",
    tooEarly: "10m",
    summary: "a:4000 cannot write to its journal.",
    description: /^Batches are refused with 503/,
    isState: true,
    recovers: { change: { rum_journal_failing: 0 }, by: "45m" },
    quiet: { "a journal that keeps what comes": of({ rum_journal_failing: "0x30" }) },
  },
  {
    alert: "BlogJournalStalled",
    severity: "critical",
    labels: INSTANCE,
    firing: of({ rum_journal_waiting_seconds: "0x9 30+60x20" }),
    at: "11m",
    tooEarly: "10m",
    summary: "entries of a:4000 wait for the disk for 1m 30s.",
    description: /^Batches are answered only once they are stored/,
    isState: true,
    recovers: { change: { rum_journal_waiting_seconds: 0 }, by: "45m" },
    quiet: {
      "a disk that takes some seconds": of({ rum_journal_waiting_seconds: "3x30" }),
      "one long wait": of({ rum_journal_waiting_seconds: "0x10 20 0x20" }),
    },
  },
  {
    alert: "BlogJournalSlow",
    severity: "warning",
    labels: INSTANCE,
    firing: of({
      'rum_journal_commit_seconds_bucket{le="0.5"}': "0+8x30",
      rum_journal_commit_seconds_count: "0+10x30",
    }),
    at: "8m",
    tooEarly: "3m",
    summary: "only 80% of the commits of a:4000 take 0.5 s or less.",
    description: /^Measured over 5m with 20 commits or more/,
    recovers: { change: { rum_journal_commit_seconds_bucket: { step: 10 } }, by: "60m" },
    quiet: {
      "nearly all of them are fast": of({
        'rum_journal_commit_seconds_bucket{le="0.5"}': "0+19x30",
        rum_journal_commit_seconds_count: "0+20x30",
      }),
      "too few to say": of({
        'rum_journal_commit_seconds_bucket{le="0.5"}': "0x30",
        rum_journal_commit_seconds_count: "0+3x30",
      }),
    },
  },
  {
    alert: "BlogJournalDiskNearlyFull",
    severity: "warning",
    labels: INSTANCE,
    firing: of({ rum_journal_disk_free_bytes: "104857600x20", rum_journal_bytes: "1000000x20" }),
    at: "5m",
    tooEarly: "4m",
    summary: "the journal's disk of a:4000 has 100MiB left.",
    description: /^When it is full, batches are refused/,
    isState: true,
    recovers: { change: { rum_journal_disk_free_bytes: 9e9 }, by: "30m" },
    quiet: {
      "half a GiB": of({ rum_journal_disk_free_bytes: "536870912x20", rum_journal_bytes: "1000000x20" }),
      "a journal in memory, which says 0 of everything": of({
        rum_journal_disk_free_bytes: "0x20",
        rum_journal_bytes: "0x20",
      }),
    },
  },
  {
    alert: "BlogSeriesFolding",
    severity: "warning",
    labels: { metric: "rum_clicks_total" },
    firing: of({
      'rum_series_folded_total{metric="rum_clicks_total",label="element"}': "0+40x40",
      'rum_series_folded_total{metric="rum_clicks_total",label="route"}': "0+10x40",
    }),
    at: "40m",
    tooEarly: "2m",
    summary: "rum_clicks_total has more label values than its budget allows.",
    description: /^1\.5k samples of the last 30m count under __other__/,
    recovers: { change: { rum_series_folded_total: { step: 0 } }, by: "80m" },
    quiet: {
      "too few stray values": of({
        'rum_series_folded_total{metric="rum_clicks_total",label="element"}': "0+3x40",
      }),
      "a fold that is over": of({
        'rum_series_folded_total{metric="rum_clicks_total",label="element"}': "5000x40",
      }),
    },
  },
  {
    alert: "BlogEventsShed",
    severity: "warning",
    labels: {},
    firing: of({ rum_events_overload_total: "0+10x20", rum_events_received_total: "0+200x20" }),
    at: "10m",
    tooEarly: "2m",
    summary: "5% of events are dropped, because there are too many.",
    description: /^Clicks go first/,
    recovers: { change: { rum_events_overload_total: { step: 0 } }, by: "45m" },
    quiet: {
      "one of a thousand": of({
        rum_events_overload_total: "0+1x20",
        rum_events_received_total: "0+1000x20",
      }),
      "too few events to say": of({
        rum_events_overload_total: "0+5x20",
        rum_events_received_total: "0+10x20",
      }),
    },
  },
  {
    alert: "BlogBatchesNotServed",
    severity: "critical",
    labels: {},
    firing: of({
      'rum_batches_rejected_total{reason="journal_failed"}': "0+6x20",
      'rum_batches_rejected_total{reason="overload"}': "0+4x20",
      rum_collect_duration_seconds_count: "0+100x20",
    }),
    at: "10m",
    tooEarly: "2m",
    summary: "10% of batches are refused because of overload or the journal.",
    description: /^rum_batches_rejected_total has the reasons/,
    recovers: { change: { rum_batches_rejected_total: { step: 0 } }, by: "45m" },
    quiet: {
      "faults of others, and restarts": of({
        'rum_batches_rejected_total{reason="bad_json"}': "0+50x20",
        'rum_batches_rejected_total{reason="draining"}': "0+50x20",
        'rum_batches_rejected_total{reason="journal_failed"}': "0x20",
        rum_collect_duration_seconds_count: "0+100x20",
      }),
      "too few of them": of({
        'rum_batches_rejected_total{reason="journal_failed"}': "0+3x20",
        rum_collect_duration_seconds_count: "0+10x20",
      }),
    },
  },
  {
    alert: "BlogBatchesNotLetIn",
    severity: "warning",
    labels: {},
    firing: of({
      'rum_batches_rejected_total{reason="origin_denied"}': "0+10x60",
      'rum_batches_rejected_total{reason="bad_key"}': "0+10x60",
      rum_collect_duration_seconds_count: "0+100x60",
    }),
    at: "50m",
    tooEarly: "9m",
    summary: "20% of batches are refused for their origin, key or app.",
    description: /^A new domain that allowedOrigins lacks/,
    recovers: { change: { rum_batches_rejected_total: { step: 0 } }, by: "115m" },
    quiet: {
      "some strangers": of({
        'rum_batches_rejected_total{reason="origin_denied"}': "0+5x60",
        rum_collect_duration_seconds_count: "0+100x60",
      }),
      "too few requests to say": of({
        'rum_batches_rejected_total{reason="origin_denied"}': "0+2x60",
        rum_collect_duration_seconds_count: "0+2x60",
      }),
    },
  },
  {
    alert: "BlogBatchesRateLimited",
    severity: "warning",
    labels: {},
    firing: of({
      'rum_batches_rejected_total{reason="rate_limited"}': "0+90x60",
      rum_collect_duration_seconds_count: "0+100x60",
    }),
    at: "20m",
    tooEarly: "5m",
    summary: "90% of batches are refused, because one address sends too many.",
    description: /^They are lost when pages give up/,
    recovers: { change: { rum_batches_rejected_total: { step: 0 } }, by: "115m" },
    quiet: {
      "some clients that send too often": of({
        'rum_batches_rejected_total{reason="rate_limited"}': "0+5x60",
        rum_collect_duration_seconds_count: "0+100x60",
      }),
      "other faults": of({
        'rum_batches_rejected_total{reason="bad_json"}': "0+90x60",
        'rum_batches_rejected_total{reason="rate_limited"}': "0x60",
        rum_collect_duration_seconds_count: "0+100x60",
      }),
      "too few requests to say": of({
        'rum_batches_rejected_total{reason="rate_limited"}': "0+2x60",
        rum_collect_duration_seconds_count: "0+3x25",
      }),
    },
  },
  {
    alert: "BlogBatchesUnreadable",
    severity: "warning",
    labels: {},
    firing: of({
      'rum_batches_rejected_total{reason="bad_version"}': "0+10x60",
      'rum_batches_rejected_total{reason="too_large"}': "0+10x60",
      rum_collect_duration_seconds_count: "0+100x60",
    }),
    at: "50m",
    tooEarly: "9m",
    summary: "20% of batches cannot be read.",
    description: /^Something on the way breaks them/,
    recovers: { change: { rum_batches_rejected_total: { step: 0 } }, by: "115m" },
    quiet: {
      "some strangers": of({
        'rum_batches_rejected_total{reason="bad_json"}': "0+5x60",
        rum_collect_duration_seconds_count: "0+100x60",
      }),
      restarts: of({
        'rum_batches_rejected_total{reason="draining"}': "0+50x60",
        'rum_batches_rejected_total{reason="bad_json"}': "0x60",
        rum_collect_duration_seconds_count: "0+100x60",
      }),
      "too few requests to say": of({
        'rum_batches_rejected_total{reason="bad_json"}': "0+2x60",
        rum_collect_duration_seconds_count: "0+2x60",
      }),
    },
  },
  {
    alert: "BlogIngestRefused",
    severity: "warning",
    labels: {},
    firing: of({
      rum_ingest_requests_accepted_total: "0+15x60",
      rum_ingest_requests_duplicate_total: "0+1x60",
      'rum_ingest_requests_rejected_total{reason="bad_token"}': "0+4x60",
    }),
    at: "50m",
    tooEarly: "9m",
    summary: "20% of the requests of services are refused.",
    description: /^rum_ingest_requests_rejected_total has the reasons/,
    recovers: { change: { rum_ingest_requests_rejected_total: { step: 0 } }, by: "115m" },
    quiet: {
      restarts: of({
        rum_ingest_requests_accepted_total: "0+10x60",
        rum_ingest_requests_duplicate_total: "0x60",
        'rum_ingest_requests_rejected_total{reason="draining"}': "0+10x60",
        'rum_ingest_requests_rejected_total{reason="bad_token"}': "0x60",
      }),
      "too few requests to say": of({
        rum_ingest_requests_accepted_total: "0+1x60",
        rum_ingest_requests_duplicate_total: "0x60",
        'rum_ingest_requests_rejected_total{reason="bad_token"}': "0+1x60",
      }),
    },
  },
  {
    alert: "BlogEventsRejected",
    severity: "warning",
    labels: {},
    firing: of({
      'rum_events_rejected_total{reason="unknown_name"}': "0+10x60",
      rum_events_received_total: "0+100x60",
    }),
    at: "50m",
    tooEarly: "9m",
    summary: "10% of events are rejected.",
    description: /^Pages and catalog disagree/,
    recovers: { change: { rum_events_rejected_total: { step: 0 } }, by: "115m" },
    quiet: {
      "one of a hundred": of({
        'rum_events_rejected_total{reason="unknown_name"}': "0+1x60",
        rum_events_received_total: "0+100x60",
      }),
      "too few events to say": of({
        'rum_events_rejected_total{reason="unknown_name"}': "0+2x60",
        rum_events_received_total: "0+2x60",
      }),
    },
  },
  {
    alert: "BlogReceiverFailing",
    severity: "critical",
    labels: INSTANCE,
    firing: of({
      'rum_alert_receiver_failing{receiver="oncall"}': "0x9 1x20",
      'rum_alert_receiver_failing{receiver="chat"}': "0x30",
    }),
    at: "15m",
    tooEarly: "14m",
    summary: "a:4000 cannot deliver notices to 1 of its receivers.",
    description: /^Notices of alerts wait in a queue/,
    isState: true,
    recovers: { change: { rum_alert_receiver_failing: 0 }, by: "45m" },
    quiet: {
      "receivers that work": of({ 'rum_alert_receiver_failing{receiver="oncall"}': "0x30" }),
      "an attempt that failed, and was repeated": of({
        'rum_alert_receiver_failing{receiver="oncall"}': "0x9 1 0x20",
      }),
    },
  },
  {
    alert: "BlogPushFailing",
    severity: "warning",
    labels: {},
    firing: of({
      'rum_push_requests_total{outcome="delivered"}': "0+3x25",
      'rum_push_requests_total{outcome="retried"}': "0+1x25",
      'rum_push_requests_total{outcome="refused"}': "0x25",
    }),
    at: "20m",
    tooEarly: "14m",
    summary: "25% of the requests of the push fail.",
    description: /^Samples wait in the spool/,
    noMinimum: "A push every 15 s has few requests, and failures that last for 15 minutes are an outage.",
    recovers: { change: { rum_push_requests_total: { step: 0 } }, by: "50m" },
    quiet: {
      "a push that works": of({
        'rum_push_requests_total{outcome="delivered"}': "0+4x60",
        'rum_push_requests_total{outcome="retried"}': "0x60",
      }),
      "a receiver that restarted": of({
        'rum_push_requests_total{outcome="delivered"}': "0+4x60",
        'rum_push_requests_total{outcome="retried"}': "0x9 2x50",
      }),
      "a collector that is scraped": of({ rum_ready: "1x60" }),
    },
  },
  {
    alert: "BlogPushBehind",
    severity: "critical",
    labels: INSTANCE,
    firing: of({ rum_push_lag_seconds: "15x9 300x40" }),
    at: "20m",
    tooEarly: "18m",
    summary: "the receiver of a:4000 has nothing newer than 5m 0s.",
    description: /^Boards and rules of that Prometheus/,
    isState: true,
    recovers: { change: { rum_push_lag_seconds: 15 }, by: "60m" },
    quiet: {
      "a push every five minutes": of({ rum_push_lag_seconds: "60 120 180 240 0 60 120 180 240 0x20" }),
      "a receiver that was down for five minutes": of({ rum_push_lag_seconds: "15x9 180 240 300 15x30" }),
    },
  },
  {
    alert: "BlogPushSpoolFilling",
    severity: "warning",
    labels: INSTANCE,
    firing: of({ rum_push_spool_used_ratio: "0x9 0.75x40" }),
    at: "15m",
    tooEarly: "13m",
    summary: "75% of the push's spool of a:4000 is used.",
    description: /^When it is full/,
    isState: true,
    recovers: { change: { rum_push_spool_used_ratio: 0 }, by: "60m" },
    quiet: { "an empty spool": of({ rum_push_spool_used_ratio: "0.01x60" }) },
  },
  {
    alert: "BlogConversionsWithoutAmount",
    severity: "warning",
    labels: { conversion: "donation", reason: "bad_amount" },
    firing: of({
      'conversions_without_amount_total{conversion="donation",reason="bad_amount"}': "0x9 1x50",
      'conversions_without_amount_total{conversion="donation",reason="bad_currency"}': "0x60",
    }),
    at: "12m",
    tooEarly: "10m",
    summary: "donation is counted without its money (bad_amount).",
    description: /^Revenue is too low/,
    noMinimum: "Each conversion without its amount is lost money.",
    recovers: { change: {}, by: "115m" },
    quiet: {
      "all have their money": of({
        'conversions_without_amount_total{conversion="donation",reason="bad_amount"}': "0x60",
      }),
      "what was long ago": of({
        'conversions_without_amount_total{conversion="donation",reason="bad_amount"}': "7x60",
      }),
    },
  },
];
