import { startChat } from "./chat.js";
import { showCosts } from "./costs.js";
import { show } from "./cards.js";
import { openStream } from "./stream.js";

const state = document.querySelector("#state");
const log = document.querySelector("#log");
const controls = document.querySelector("#controls");
const connect = document.querySelector("#connect");

/** Entries of the log that are kept. */
const MAX_ENTRIES = 50;

/** Writes a message into the log, the newest first. */
function note(text) {
  const entry = document.createElement("li");
  entry.textContent = `${new Date().toLocaleTimeString("en-GB")}  ${text}`;
  log.prepend(entry);
  while (log.children.length > MAX_ENTRIES) log.lastChild.remove();
}

/** Reads the filters of the form: those that are not chosen are left out. */
function readFilters() {
  const fields = Object.fromEntries(new FormData(controls));
  const chosen = Object.entries(fields).filter(([name, value]) => value !== "" && name !== "interval");
  return { ...Object.fromEntries(chosen), interval: Number(fields.interval) };
}

const stream = openStream({
  readFilters,
  onState: (text, isOpen) => {
    state.textContent = text;
    connect.textContent = isOpen ? "Disconnect" : "Connect";
    note(text);
  },
  onMessage: (message) => {
    if (message.data) show(message.data);
    note(describe(message));
  },
});

function describe({ type, message, filters, deltas, skipped }) {
  if (type === "error") return `error: ${message}`;
  if (filters) return `${type}: ${JSON.stringify(filters)}`;
  if (type !== "metrics_update") return type;
  const { total_requests_per_sec: requests, total_tokens_per_sec: tokens } = deltas.throughput ?? {};
  const changes = [
    requests !== undefined && `requests/s ${signed(requests)}`,
    tokens !== undefined && `tokens/s ${signed(tokens)}`,
    deltas.streaming && `streams ${signed(deltas.streaming.active_streams_delta ?? 0)}`,
    skipped && `${skipped} skipped`,
  ];
  return `update: ${changes.filter(Boolean).join(", ") || "no change"}`;
}

function signed(value) {
  return value > 0 ? `+${value}` : String(value);
}

controls.addEventListener("submit", (event) => {
  event.preventDefault();
  stream.subscribe();
});
connect.addEventListener("click", () => stream.toggle());

const models = await (await fetch("/v1/models")).json();
for (const { id } of models.data) {
  controls.elements.model.append(new Option(id, id));
  if (!id.includes("embedding")) document.querySelector("#chat").elements.model.append(new Option(id, id));
}
startChat();
void showCosts();
stream.toggle();
