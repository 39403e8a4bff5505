import { isObject } from "../base/shape.ts";
import { reasonOf } from "../base/systemError.ts";
import type { Finding } from "./broker.ts";

const LOSS =
  "A killed process loses nothing, but a power cut loses up to two minutes of acknowledged messages";

/**
 * Finds out whether each acknowledged message is on a disk. NATS tells it in no answer to a client: only its monitoring
 * address knows, or its system account.
 *
 * @param version Of the server that answers.
 * @param monitor Monitoring addresses: one per server.
 */
export async function findSyncFaults(
  version: string,
  monitor: readonly string[],
  answerMs: number,
): Promise<Finding[]> {
  if (isBefore210(version))
    return [
      unsafe(
        `nats-server ${version} cannot sync before it acknowledges. ${LOSS}: use 2.10 or later with sync_interval: always.`,
      ),
    ];
  if (monitor.length === 0)
    return [
      unsafe(
        `sync_interval cannot be read from here. Unless it is always: ${LOSS.toLowerCase()}. Name the server's http_port in monitor.`,
      ),
    ];
  const found = await Promise.all(monitor.map((address) => findAt(address, answerMs)));
  return found.filter((finding) => finding !== undefined);
}

function isBefore210(version: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return major === undefined || Number(major) < 2 || (Number(major) === 2 && Number(minor) < 10);
}

async function findAt(address: string, answerMs: number): Promise<Finding | undefined> {
  try {
    const response = await fetch(new URL("/varz", address), { signal: AbortSignal.timeout(answerMs) });
    const body: unknown = await response.json();
    if (syncsAlways(body)) return undefined;
    return unsafe(
      `nats-server at ${address} acknowledges before it syncs. ${LOSS}: set sync_interval: always.`,
    );
  } catch (error) {
    return unsafe(
      `${address} does not tell the settings of nats-server: ${reasonOf(error)}. It must be its http_port.`,
    );
  }
}

/** True for the answer of `/varz` of a server with `sync_interval: always`. */
function syncsAlways(body: unknown): boolean {
  const jetStream = isObject(body) ? body["jetstream"] : undefined;
  const config = isObject(jetStream) ? jetStream["config"] : undefined;
  return isObject(config) && config["sync_always"] === true;
}

function unsafe(message: string): Finding {
  return { severity: "unsafe", message };
}
