import type { StreamConfig } from "@nats-io/jetstream";
import type { Finding, Topic } from "./broker.ts";
import type { DriverOptions } from "./brokerOptions.ts";
import type { JetStreamLink } from "./jetStreamLink.ts";
import { configOf, type StreamNames } from "./jetStreamStreams.ts";
import { findSyncFaults } from "./jetStreamSync.ts";

/** Reads the server's version and the settings of the streams: see `Broker.check`. */
export async function checkJetStream(
  link: JetStreamLink,
  topics: readonly (Topic | "records")[],
  names: StreamNames,
  options: DriverOptions,
): Promise<readonly Finding[]> {
  const sync = await findSyncFaults(link.nats.info?.version ?? "unknown", options.monitor, options.answerMs);
  const streams = await Promise.all(topics.map((topic) => findStreamFaults(link, topic, names, options)));
  return merge([...sync, ...streams.flat()]);
}

/** A finding about one stream; the same one about several becomes one. */
interface StreamFinding extends Finding {
  readonly stream?: string | undefined;
}

const NANOS_PER_MS = 1_000_000;
const MS_PER_HOUR = 3_600_000;

async function findStreamFaults(
  link: JetStreamLink,
  topic: Topic | "records",
  names: StreamNames,
  options: DriverOptions,
): Promise<StreamFinding[]> {
  const stream = names.stream(topic);
  const { config } = await link.ask(`read the settings of ${stream}`, () => link.jsm.streams.info(stream));
  const wanted = configOf(topic, names, options);
  const isLimited = topic !== "dead" && topic !== "records";
  const found = [...findLosses(config, wanted), ...(isLimited ? findLimits(config, wanted, options) : [])];
  return found.map((finding) => ({ ...finding, stream }));
}

type Wanted = ReturnType<typeof configOf>;

/** Settings by which a stream loses messages that it has acknowledged. */
function* findLosses(config: StreamConfig, wanted: Wanted): Generator<Finding> {
  if (config.storage !== "file") yield unsafe('It keeps messages in memory: set storage to "file".');
  if (config.num_replicas < 2)
    yield unsafe(
      "It keeps one copy, which is lost with its disk: run a cluster of three servers, and set replicas to 3.",
    );
  if (config.retention !== "limits")
    yield unsafe('It drops messages that a reader has acknowledged: set retention to "limits".');
  if (wanted.discard === "new" && config.discard !== "new")
    yield unsafe('It drops its oldest messages when it is full: set discard to "new".');
}

/** Limits of a stream that differ from those of the options. */
function* findLimits(config: StreamConfig, wanted: Wanted, options: DriverOptions): Generator<Finding> {
  const { max_age: age, max_msgs: most, duplicate_window: window } = config;
  if (age > 0 && age < options.longestOutageMs * NANOS_PER_MS)
    yield unsafe(
      `It keeps messages for ${hours(age)}; an outage may take ${hours(options.longestOutageMs * NANOS_PER_MS)}: raise max_age.`,
    );
  else if (age > 0 && age < (wanted.max_age ?? 0))
    yield advice(
      `It keeps messages for ${hours(age)}, not ${hours(wanted.max_age!)} as its options say: raise max_age.`,
    );
  if (most > 0) yield advice(`It is full at ${most} messages, however small: remove max_msgs.`);
  if (window < options.duplicateWindowMs * NANOS_PER_MS)
    yield advice(
      `It drops repeated messages for ${window / NANOS_PER_MS} ms, not ${options.duplicateWindowMs}: they cost room, and are counted once all the same.`,
    );
}

const unsafe = (message: string): Finding => ({ severity: "unsafe", message });
const advice = (message: string): Finding => ({ severity: "advice", message });

function hours(nanos: number): string {
  return `${Number((nanos / NANOS_PER_MS / MS_PER_HOUR).toPrecision(3))} h`;
}

function merge(findings: readonly StreamFinding[]): Finding[] {
  const streams = new Map<string, { readonly finding: StreamFinding; readonly names: string[] }>();
  for (const finding of findings) {
    const same = streams.get(finding.message) ?? { finding, names: [] };
    if (finding.stream !== undefined) same.names.push(finding.stream);
    streams.set(finding.message, same);
  }
  return [...streams.values()].map(({ finding: { severity, message }, names: [first, ...others] }) => {
    if (first === undefined) return { severity, message };
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return { severity, message: `Stream ${first}${more}: ${message}` };
  });
}
