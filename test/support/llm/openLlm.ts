import { createCollector } from "@rumkit/server";
import { onTestFinished } from "vitest";
import { catalog } from "../../../examples/llm/catalog.ts";
import { createWorld, type WorldOptions } from "../../../examples/llm/world.ts";
import { parseExposition, type Scrape } from "../scrape.ts";

type Options = Omit<WorldOptions, "collector" | "client">;

const TOKEN = "a-token-of-the-meter";

/**
 * The world `llm` in this process, without a server. By default its models take no time. Costs and tokens arrive as values of a
 * service do, through `POST /ingest`.
 */
export function openLlm(options: Options = {}) {
  const collector = createCollector({
    catalog,
    ingestTokens: [TOKEN],
    bots: "count",
    runtimeMetrics: false,
  });
  onTestFinished(() => collector.stop());
  const reported: Promise<unknown>[] = [];
  const increment = (name: string, tags: object = {}, value = 1): void => {
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
    const body = JSON.stringify([{ name, value, tags }]);
    reported.push(Promise.resolve(collector.app.request("/ingest", { method: "POST", headers, body })));
  };
  const pause = async (_milliseconds: number, signal: AbortSignal): Promise<void> => signal.throwIfAborted();
  const world = createWorld({ collector, client: { increment }, pause, ...options });
  return {
    world,
    collector,
    /** Sends a body: a value as JSON, or a text as it is. */
    post: async (path: string, body: unknown, signal?: AbortSignal): Promise<Response> => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return world.app.request(path, { method: "POST", body: text, ...(signal && { signal }) });
    },
    /** The counters, once everything that was reported is counted. */
    counted: async (): Promise<Scrape> => {
      await Promise.all(reported);
      return parseExposition(await (await collector.app.request("/metrics")).text());
    },
  };
}

/** Reads the events of a stream, the last of which is a text. */
export async function eventsOf(response: Response): Promise<unknown[]> {
  const blocks = (await response.text()).split("\n\n").filter((block) => block !== "");
  return blocks.map((block) => {
    const text = block.slice("data: ".length);
    return text === "[DONE]" ? text : (JSON.parse(text) as unknown);
  });
}
