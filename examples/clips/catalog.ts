import { defineCatalog } from "@rumkit/protocol";

/** The metrics of the clip jobs. Boards that exist know three families by the names that are given to them here. */
export const catalog = defineCatalog({
  app: "clips",
  routes: ["/"],
  actions: {
    clip_requested: { help: "Clips that visitors asked for." },
    clip_queued: { help: "Jobs accepted via POST /jobs.", from: "server", name: "clip_jobs_queued_total" },
  },
  jobs: {
    clip: {
      help: "Clips cut by the workers.",
      // The document's six edges end at 30 s. Its alert on 120 s needs an edge there; the rest is for long videos.
      buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
      names: { inFlight: "clip_jobs_inflight", duration: "clip_job_latency_seconds", outcomeLabel: "status" },
    },
  },
  gauges: {
    clip_waiting: {
      help: "Time since the clip came that is next.",
      unit: "seconds",
      // Several servers look at one queue.
      processes: "max",
    },
  },
  endpoints: ["/jobs", "/jobs/:id", "/health"],
  live: {
    cards: {
      queued: { title: "Clips queued / minute", rate: "action:clip_queued", per: "minute" },
      in_flight: { title: "Clips in flight", gauge: "clip_jobs_inflight" },
      waiting: { title: "Clips that wait", gauge: "queue_depth", warning: 15, critical: 25 },
      errors: {
        title: "Clips that failed",
        ratio: "clip_job_latency_seconds",
        labels: { status: "error" },
        to: "clip_job_latency_seconds",
        critical: 0.05,
      },
    },
    charts: {
      queued: { title: "Clips queued", rate: "action:clip_queued", per: "minute" },
      latency: { title: "Time to cut a clip, p95", quantile: 0.95, of: "clip_job_latency_seconds" },
    },
  },
  alerts: {
    api_error_rate_high: {
      when: {
        ratio: "http_requests_total",
        labels: { status: "5xx" },
        to: "http_requests_total",
        above: 0.05,
      },
      for: "2m",
      severity: "critical",
      summary: "{value} of the API's requests fail.",
    },
    job_queue_high: {
      when: { gauge: "queue_depth", by: ["queue"], above: 15 },
      for: "5m",
      summary: "{value} clips wait.",
    },
    queue_depth_critical: {
      when: { gauge: "queue_depth", by: ["queue"], above: 25 },
      for: "1m",
      severity: "critical",
      summary: "{value} clips wait.",
    },
    worker_not_processing: {
      // Not "none has ended": at night none comes.
      when: { gauge: "clip_waiting_seconds", above: 600 },
      severity: "critical",
      summary: "A clip has waited for {value}.",
    },
    high_job_latency: {
      when: {
        quantile: 0.95,
        of: "clip_job_latency_seconds",
        above: 120,
        atLeast: 20,
      },
      for: "5m",
      summary: "The slowest twentieth of the clips takes {value} or longer.",
    },
    high_error_rate: {
      when: {
        ratio: "clip_job_latency_seconds",
        labels: { status: "error" },
        to: "clip_job_latency_seconds",
        above: 0.05,
        atLeast: 20,
      },
      for: "2m",
      summary: "{value} of the clips fail.",
    },
    // Without its Redis the queue has no depth.
    redis_down: {
      when: { gauge: "queue_depth", above: 1_000 },
      noData: "alert",
      noDataFor: "30s",
      severity: "critical",
      summary: "The queue has no depth: its Redis does not answer.",
    },
  },
});
