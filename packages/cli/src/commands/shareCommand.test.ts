import { createServer } from "node:http";
import { createCollector, serveCollector } from "@rumkit/server";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { captureOutput } from "../../../../test/support/commandOutput.ts";
import { listen } from "../../../../test/support/listen.ts";
import { main } from "./main.ts";

const TOKEN = "a-token-of-scope-live";
const access = {
  open: ["collect"],
  tokens: [{ name: "board", secret: TOKEN, scopes: ["live"] }],
} as const;

let output: ReturnType<typeof captureOutput>;

beforeEach(() => {
  output = captureOutput();
  vi.stubEnv("RUMKIT_TOKEN", TOKEN);
});
afterEach(() => void vi.unstubAllEnvs());

async function start(options: Parameters<typeof createCollector>[0] = { access }): Promise<string> {
  const collector = createCollector({ runtimeMetrics: false, ...options });
  onTestFinished(() => collector.stop());
  return listen(serveCollector({ collector }));
}

test.each([
  ["", "", {}, []],
  ["/", "", {}, []],
  ["/realtime?view=errors&window=900", "?view=errors&window=900", {}, []],
  ["/rumkit/live/", "", { livePath: "/rumkit/live" }, ["--live-path", "/rumkit/live"]],
])("prints a link for the address …%s that opens the live page", async (path, query, options, args) => {
  const origin = await start({ access, ...options });
  expect(await main(["share", "--url", origin + path, "--for", "7d", ...args])).toBe(0);
  const { livePath = "/realtime" } = options as { livePath?: string };
  const link = new URL(output.stdout.trim());
  expect(output.stdout).toBe(`${link.href}\n`);
  expect([link.origin, link.pathname, link.search]).toEqual([origin, livePath, query]);
  const token = new URLSearchParams(link.hash.slice(1)).get("token")!;
  const end = Date.parse(/^It ends on (\S+)\.\n$/.exec(output.stderr)![1]!);
  expect(Math.abs(end - Date.now() - 7 * 86_400_000)).toBeLessThan(60_000);
  const read = (at: string) => fetch(at, { headers: { authorization: `Bearer ${token}` } });
  expect((await read(`${origin}${livePath}/errors`)).status).toBe(200);
  expect((await read(`${origin}/metrics`)).status).toBe(403);
});

test("finds the live page by the environment that rumkit serve has", async () => {
  vi.stubEnv("RUMKIT_LIVE_PATH", "/status/");
  const origin = await start({ access, livePath: "/status" });
  expect(await main(["share", "--url", `${origin}/status`])).toBe(0);
  expect(output.stdout).toContain(`${origin}/status#token=rkl1.`);
});

test.each([
  ["0m"],
  ["31d"],
  ["43201m"],
  ["-1h"],
  ["1.5h"],
  ["24"],
  ["1w"],
  [""],
  ["1h2h"],
  ["999999999999d"],
])("refuses --for=%j", async (time) => {
  expect(await main(["share", `--for=${time}`])).toBe(2);
  expect(output.stderr).toContain(
    `[rumkit] --for must be 1m to 30d: a whole number with m, h or d (got "${time}").\n`,
  );
});

test("a refusal is printed with what to do, and never with the token", async () => {
  const say = async (...args: string[]): Promise<string> => {
    output.stderr = "";
    expect(await main(["share", ...args])).toBe(1);
    expect(output.stderr).not.toContain(TOKEN);
    return output.stderr;
  };
  const open = await start({});
  expect(await say("--url", open)).toMatch(/answers 409\. Everyone who reaches .* share its address\.\n$/);
  const moved = await start({ access, livePath: "/live" });
  expect(await say("--url", moved)).toMatch(/\/realtime\/share\S+ answers 404\. .*--live-path/);
  const strange = await listen(
    createServer((_request, response) => void response.writeHead(201).end('{"url":7}')).listen(
      0,
      "127.0.0.1",
    ),
  );
  expect(await say("--url", strange)).toContain("answers 201. Is --url the address of a collector?");
  expect(await say("--url", "http://127.0.0.1:9")).toContain("does not answer");
  vi.stubEnv("RUMKIT_TOKEN", "another-token-of-no-scope");
  expect(await say("--url", await start())).toMatch(/answers 401\. Use a token of scope live or admin/);
  expect(output.stdout).toBe("");
});

test("ends a link before its time", async () => {
  const origin = await start();
  await main(["share", "--url", origin]);
  const link = output.stdout.trim();
  const token = new URLSearchParams(new URL(link).hash.slice(1)).get("token")!;
  const status = async (): Promise<number> =>
    (await fetch(`${origin}/realtime/errors`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect(await status()).toBe(200);
  expect(await main(["share", "--end", link])).toBe(0);
  expect(output.stderr).toContain("The link has ended.\n");
  expect(await status()).toBe(401);
});

test.each([
  [["--end", "{origin}/realtime"], 2, "--end must be a whole link"],
  [["--end", "{origin}/realtime#token=x", "--for", "7d"], 2, "--end takes neither --url nor --for"],
  [["--end", "rkl1.1.x"], 2, "--end must start with http:// or https://"],
  [["--end", "{origin}/realtime#token=rkl1.1.x"], 1, "The link opens nothing"],
])("%j cannot be ended, and the message says why", async (args, code, message) => {
  const origin = await start();
  expect(await main(["share", ...args.map((arg) => arg.replace("{origin}", origin))])).toBe(code);
  expect(output.stderr).toContain(message);
});
