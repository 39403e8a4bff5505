import { tableRow } from "./tableRow.js";

/** Shows the groups of a message. A group that a filter leaves out has no rows. */
export function show(data) {
  fill("throughput", data.throughput, throughputRows);
  showLatency(data.latency ?? {});
  fill("cache", data.cache, cacheRows);
  fill("streaming", data.streaming, streamingRows);
  fill("queue", data.queue, queueRows);
  fill("error", data.error, errorRows);
}

function fill(id, group, rowsOf) {
  const list = document.querySelector(`#${id}`);
  const rows = group ? rowsOf(group) : [];
  const shown = rows.length > 0 ? rows : [["No data", ""]];
  list.replaceChildren(...shown.flatMap(([name, value, isPart]) => row(name, value, isPart)));
}

function row(name, value, isPart = false) {
  const [term, detail] = [document.createElement("dt"), document.createElement("dd")];
  term.textContent = name;
  if (isPart) term.className = "part";
  detail.textContent = typeof value === "string" ? value : number(value);
  return [term, detail];
}

function number(value, unit = "") {
  if (value === null || value === undefined) return "–";
  return value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 }) + unit;
}

const percent = (value) => number(value, value === null || value === undefined ? "" : " %");
const parts = (values = {}) => Object.entries(values).map(([name, value]) => [name, value, true]);

function throughputRows(group) {
  return [
    ["Requests per second", group.total_requests_per_sec],
    ...parts(group.requests_per_sec),
    ["Tokens per second", group.total_tokens_per_sec],
    ...parts(group.tokens_per_sec),
  ];
}

function showLatency(group) {
  const rows = Object.entries(group).map(([endpoint, { avg, min, max, p50, p90, p99 }]) =>
    tableRow(
      endpoint,
      [avg, min, max, p50, p90, p99].map((value) => number(value)),
    ),
  );
  const shown = rows.length > 0 ? rows : [tableRow("No data", [])];
  document.querySelector("#latency").replaceChildren(...shown);
}

function cacheRows(group) {
  return [
    ["Hit rate", percent(group.hit_rate)],
    ["Token reuse", percent(group.token_reuse_rate)],
    ["Average prefix, tokens", group.avg_prefix_length],
    ["Lookups", group.total_lookups],
    ["Hits", group.cache_hits],
  ];
}

function streamingRows({ ttft, tokens_per_second: rate, ...group }) {
  return [
    ["Active", group.active_streams],
    ["Completed", group.completed_streams],
    ["Failed", group.failed_streams],
    ["Canceled", group.canceled_streams],
    ["First token, ms: p50 · p99", ttft ? `${number(ttft.p50)} · ${number(ttft.p99)}` : "–"],
    ["Tokens per second of a stream", number(rate?.avg)],
  ];
}

function queueRows(group) {
  return [
    ["Waiting", group.queue_depth],
    ["Requests in progress", group.active_requests],
    ["Streams in progress", group.active_streams],
  ];
}

function errorRows(group) {
  return [
    ["Failed requests per second (5xx)", group.total_errors_per_sec],
    ...parts(group.errors_per_sec),
    ["Faults of models per second", group.app_errors_per_sec],
  ];
}
