import type { Broker, BrokerOptions } from "@rumkit/server";
import { reasonOf } from "@rumkit/server/internal/base";
import { openUnchecked } from "@rumkit/server/internal/serve";
import { type Check, fail, ok, warn } from "./check.ts";
import { checkScrapes } from "./scrapeChecks.ts";

type Topic = Parameters<Broker["bounds"]>[0];

const ENGINES = { jetstream: "NATS JetStream", redis: "Redis streams", kafka: "Kafka" } as const;

/**
 * Examines the log that several collectors share: its settings, what it keeps, and what a Prometheus scrapes of it. Creates
 * nothing by default. Never rejects.
 */
export async function examineLog(options: BrokerOptions, prometheus?: URL): Promise<Check[]> {
  let broker: Broker;
  try {
    broker = await openUnchecked({ create: false, ...options });
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === "refused")
      return [
        fail("log", sentence(error), "Correct --app, or create it as the first process does: --create."),
      ];
    return [
      fail("log", sentence(error), "Is it running, and is --broker its address with user and password?"),
    ];
  }
  try {
    const scrapes = prometheus ? [await checkScrapes(broker, options.app, prometheus)] : [];
    return [...(await describeContent(broker)), ...(await checkSettings(broker)), ...scrapes];
  } catch (error) {
    return [fail("log", sentence(error), "It answered before: look at its own log.")];
  } finally {
    await broker.close();
  }
}

/** The reason of an error without our name, which each line would repeat. */
const sentence = (error: unknown): string => reasonOf(error).replace(/^\[rumkit\] /, "");

async function describeContent(broker: Broker): Promise<Check[]> {
  const { engine, partitions } = broker;
  const topics = Array.from({ length: partitions }, (_, partition): Topic => `batches.${partition}`);
  const kept = await Promise.all(topics.map((topic) => countKept(broker, topic)));
  const all = kept.reduce((sum, messages) => sum + messages, 0);
  const dead = await countKept(broker, "dead");
  const size = `${partitions} ${partitions === 1 ? "partition" : "partitions"}, up to ${all.toLocaleString("en")} messages kept`;
  return [
    ok("log", `${ENGINES[engine]} answers: ${size}.`),
    dead === 0
      ? ok("unreadable", "Every message could be read.")
      : warn(
          "unreadable",
          `${dead.toLocaleString("en")} messages could not be read by an aggregator.`,
          "The topic dead keeps each of them with its reason. Do edges and aggregators run the same version?",
        ),
  ];
}

async function countKept(broker: Broker, topic: Topic): Promise<number> {
  const { first, last } = await broker.bounds(topic);
  return last - first + 1;
}

async function checkSettings(broker: Broker): Promise<Check[]> {
  const findings = await broker.check();
  if (findings.length === 0)
    return [ok("settings", "Acknowledged messages survive what its documentation promises.")];
  return findings.map(({ severity, message }) => ({
    name: "settings",
    status: severity === "unsafe" ? "fail" : "warn",
    message,
  }));
}
