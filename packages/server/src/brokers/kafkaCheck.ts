import { BrokerError, type Finding } from "./broker.ts";
import type { DriverOptions } from "./brokerOptions.ts";
import type { PartitionMetadata } from "./kafkaCluster.ts";
import { isUnsupported } from "./kafkaErrors.ts";
import type { KafkaLink } from "./kafkaLink.ts";
import { findTopics, type KafkaTopic, nameOf, topicsOf } from "./kafkaTopics.ts";

type Settings = ReadonlyMap<string, string>;

/** A topic as Kafka describes it. */
export interface TopicFacts {
  readonly topic: KafkaTopic;
  /** Its partitions; the first one is used. */
  readonly partitions: readonly PartitionMetadata[];
  /** Undefined if Kafka does not tell them; then `refusal` has its answer. */
  readonly settings?: Settings;
  readonly refusal?: string;
}

/** Returns what this Kafka does not promise. Throws a `BrokerError` if it cannot be asked. */
export async function checkKafka(
  link: KafkaLink,
  partitions: number,
  options: DriverOptions,
): Promise<readonly Finding[]> {
  const found = await findTopics(link);
  /** Topics by what they lack: topics with the same settings share a finding. */
  const findings = new Map<string, { readonly finding: Finding; readonly topics: KafkaTopic[] }>();
  for (const topic of topicsOf(partitions)) {
    const name = nameOf(options.app, topic);
    const facts = { topic, partitions: found.get(name) ?? [], ...(await readSettings(link, name)) };
    for (const finding of findingsOf(facts, options)) {
      const kept = findings.get(finding.message) ?? { finding, topics: [] };
      kept.topics.push(topic);
      findings.set(finding.message, kept);
    }
  }
  return [...findings.values()].map(({ finding: { severity, message }, topics }) => ({
    severity,
    message: `${listOf(topics)}: ${message}`,
  }));
}

function listOf(topics: readonly KafkaTopic[]): string {
  const [first, ...more] = topics;
  return more.length < 3 ? topics.join(", ") : `${first} and ${more.length} more topics`;
}

async function readSettings(
  link: KafkaLink,
  name: string,
): Promise<Pick<TopicFacts, "settings" | "refusal">> {
  try {
    const { resources } = await link.askAny(`read the settings of ${name}`, (node) =>
      node.describeConfigs({ resources: [{ type: 2, name }] }),
    );
    const entries = resources[0]?.configEntries ?? [];
    return { settings: new Map(entries.map((entry) => [entry.configName, entry.configValue ?? ""])) };
  } catch (error) {
    if (!(error instanceof BrokerError && error.code === "refused")) throw error;
    return {
      refusal: isUnsupported(error) ? "it does not know the request" : (error.cause as Error).message,
    };
  }
}

/** Returns what these settings of a topic do not promise. */
export function findingsOf(facts: TopicFacts, options: DriverOptions): readonly Finding[] {
  const { partitions, settings, refusal } = facts;
  const unsafe = (message: string): Finding => ({ severity: "unsafe", message });
  const findings = copyFindings(partitions, settings).map(unsafe);
  if (settings) {
    findings.push(...lossFindings(facts.topic, settings, options).map(unsafe));
    findings.push({
      severity: "advice",
      message:
        "Kafka acknowledges messages that its brokers have in memory: a power cut of all copies at once loses them. Run the brokers in places that do not fail together.",
    });
  } else
    findings.push(
      unsafe(
        `Kafka does not tell its settings (${refusal}): allow DescribeConfigs, or make sure that min.insync.replicas is 2, unclean.leader.election.enable false and retention.bytes -1.`,
      ),
    );
  return findings;
}

function copyFindings(partitions: readonly PartitionMetadata[], settings?: Settings): readonly string[] {
  const copies = partitions[0]?.replicas.length ?? 0;
  if (copies < 2)
    return ["It keeps one copy, which is lost with its broker: run three brokers, and set replicas to 3."];
  const least = Number(settings?.get("min.insync.replicas") ?? Number.NaN);
  if (least < 2)
    return [
      "Kafka acknowledges messages that one broker has (min.insync.replicas 1): they are lost with it. Set min.insync.replicas 2.",
    ];
  return [];
}

function lossFindings(topic: KafkaTopic, settings: Settings, options: DriverOptions): readonly string[] {
  const findings: string[] = [];
  const cleanup = topic === "records" ? "compact" : "delete";
  if (settings.get("cleanup.policy") !== cleanup)
    findings.push(`Its cleanup.policy is ${settings.get("cleanup.policy")}: set it to ${cleanup}.`);
  if (settings.get("unclean.leader.election.enable") === "true")
    findings.push(
      "A broker that lags behind may become the leader, and drops what it has not: set unclean.leader.election.enable false.",
    );
  if (topic !== "records" && topic !== "dead") findings.push(...retentionFindings(settings, options));
  return findings;
}

function retentionFindings(settings: Settings, { longestOutageMs }: DriverOptions): readonly string[] {
  const findings: string[] = [];
  const bytes = settings.get("retention.bytes") ?? "-1";
  if (bytes !== "-1")
    findings.push(
      `It drops its oldest messages beyond ${bytes} bytes, counted or not: set retention.bytes -1.`,
    );
  const age = Number(settings.get("retention.ms"));
  if (age >= 0 && age < longestOutageMs)
    findings.push(
      `It keeps messages for ${hours(age)}; an outage may take ${hours(longestOutageMs)}: raise retention.ms.`,
    );
  if (settings.get("message.timestamp.type") !== "LogAppendTime")
    findings.push(
      "It removes messages by the clocks of edges: one that is wrong has its messages removed too early. Set message.timestamp.type LogAppendTime.",
    );
  return findings;
}

const hours = (milliseconds: number): string => `${Number((milliseconds / 3_600_000).toPrecision(3))} h`;
