import { expect, onTestFinished, test } from "vitest";
import { createCollector } from "./createCollector.ts";

/** Warnings of this process, until the test ends. */
function listen(): string[] {
  const messages: string[] = [];
  const onWarning = ({ message }: Error): void => void messages.push(message);
  process.on("warning", onWarning);
  onTestFinished(() => void process.off("warning", onWarning));
  return messages;
}

test.each(["development", "production"] as const)(
  "what strangers send cannot steer the terminal of a collector in %s",
  async (environment) => {
    const collector = createCollector({
      environment,
      runtimeMetrics: false,
      catalog: {
        app: "shop",
        routes: ["/"],
        actions: { add: { help: "Added." }, sent: { help: "Sent.", from: "server" } },
      },
    });
    onTestFinished(() => collector.stop());
    const messages = listen();
    const post = async (name: string, headers: Record<string, string>): Promise<void> => {
      const id = Buffer.from(name.padEnd(16)).toString("hex").slice(0, 32);
      const events = [{ type: "action", name }, { type: name }];
      const body = JSON.stringify({ v: 1, id, seq: 0, session: "f".repeat(32), sentAt: 1, events });
      const all = { host: "shop.example", origin: "http://shop.example", ...headers };
      await collector.fetch(
        new Request("http://shop.example/collect", { method: "POST", body, headers: all }),
      );
    };
    await post("\u009B2J\u202E\u2028\u0007", {});
    await post("add", { "user-agent": "Googlebot \u009B2J" });
    await post("add", { origin: "http://evil.example\u009B2J" });
    await collector.trackAction("\u009B2J" as "sent");
    await expect.poll(() => messages.join("\n")).toContain("evil.example\\u009b2J");
    const expected =
      environment === "development" ? ["trackAction", "Googlebot", "evil.example"] : ["evil.example"];
    for (const word of expected) expect(messages.some((message) => message.includes(word))).toBe(true);
    // What a terminal obeys: a control sequence of C1, the mark that turns the direction, a separator of lines, a bell.
    for (const obeyed of ["\u009B", "\u202E", "\u2028", "\u0007"])
      expect(messages.filter((message) => message.includes(obeyed))).toEqual([]);
  },
);
