import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { createLog, type LogOptions } from "./createLog.ts";

/** A log whose lines a test reads. */
function openLog(options: LogOptions = {}) {
  const lines: string[] = [];
  const log = createLog({ ...options, destination: { write: (line: string) => lines.push(line) } });
  return { log, lines, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test("a line is one JSON object with level, time, fields and message, and nothing about the machine", () => {
  const { log, lines, parsed } = openLog();
  log.info({ kind: "start", app: "shop" }, "Collector started.");
  expect(parsed()).toEqual([
    {
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      kind: "start",
      app: "shop",
      msg: "Collector started.",
    },
  ]);
  expect(lines[0]).toMatch(/^[^\n]+\n$/);
});

test("text from a page cannot begin a new line", () => {
  const { log, lines, parsed } = openLog();
  const hostile = 'x\n{"level":"error","msg":"forged"}\r\n\u001b[2J\u2028\0"';
  log.error({ kind: "page_error", stack: hostile }, hostile);
  expect(lines).toHaveLength(1);
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(lines[0]!.slice(0, -1)).not.toMatch(/[\u0000-\u001f]/);
  expect(parsed()[0]).toMatchObject({ level: "error", stack: hostile, msg: hostile });
});

test("no character that a terminal or viewer obeys is written raw, and each comes back from the JSON", () => {
  const { lines, log } = openLog();
  const obeyed = Array.from({ length: 0x11_00_00 }, (_, code) => code)
    .filter((code) => /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}]/u.test(String.fromCodePoint(code)))
    // Halves of a pair, one behind the other, would be a whole.
    .map((code) => String.fromCodePoint(code))
    .join("|");
  for (const text of [obeyed, "\u009b31m", "\u0085", "\u202etxt.exe", "a\u2028b", "\u{e0041}", "ü漢😀"]) {
    log.error({ kind: "page_error", text, [text.slice(0, 9)]: 1 }, text);
    const line = lines.at(-1)!;
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}]/u);
    expect(JSON.parse(line)).toMatchObject({ text, msg: text });
  }
  expect(lines.at(-1)).toContain("ü漢😀");
});

test("lines below the level are not written", () => {
  const { log, parsed } = openLog({ level: "warn" });
  log.info({}, "a");
  log.warn({}, "b");
  log.error({}, "c");
  expect(parsed().map(({ msg }) => msg)).toEqual(["b", "c"]);
});

test("a flood is cut to 200 lines and 50 per second, and a line reports how many more there were", async () => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  try {
    const { log, lines, parsed } = openLog();
    for (let index = 0; index < 10_000; index += 1) log.error({}, "again");
    expect(lines).toHaveLength(200);
    vi.advanceTimersByTime(1_000);
    expect(parsed().at(-1)).toMatchObject({ level: "warn", kind: "log_suppressed", suppressed: 9_800 });
    for (let index = 0; index < 100; index += 1) log.error({}, "again");
    expect(lines).toHaveLength(200 + 1 + 50);
    await log.close();
    expect(parsed().at(-1)).toMatchObject({ suppressed: 50 });
  } finally {
    vi.useRealTimers();
  }
});

test("without a destination lines go to the standard output, all of them before close resolves", async () => {
  const script = `import { createLog } from ${JSON.stringify(import.meta.resolve("./createLog.ts"))};
const log = createLog();
for (let line = 0; line < 100; line += 1) log.info({ line }, "x");
await log.close();
process.exit(0);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(100);
  expect(JSON.parse(lines[99]!)).toMatchObject({ line: 99, msg: "x" });
});

test("close does not wait for a reader of the standard output that is gone", async () => {
  const script = `import { createLog } from ${JSON.stringify(import.meta.resolve("./createLog.ts"))};
const log = createLog();
process.once("SIGTERM", () => {
  log.info({}, "nobody reads this");
  log.close().then(() => process.exit(0));
});
setInterval(() => {}, 1_000);
process.stderr.write("ready");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
  await once(child.stderr, "data");
  child.stdout.destroy();
  child.kill();
  const [code] = (await once(child, "exit")) as [number | null];
  expect(code).toBe(0);
});

test("lines that wait when the process ends without close are written", async () => {
  const script = `import { createLog } from ${JSON.stringify(import.meta.resolve("./createLog.ts"))};
const log = createLog();
for (let line = 0; line < 100; line += 1) log.info({ line }, "x");
process.exit(0);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  // The first is being written in the background.
  expect(stdout.trimEnd().split("\n").length).toBeGreaterThanOrEqual(99);
});

test("a reader that reads nothing costs lines, and memory for a mebibyte of them", async () => {
  const script = `import { createLog } from ${JSON.stringify(import.meta.resolve("./createLog.ts"))};
const log = createLog();
for (let line = 0; line < 190; line += 1) log.error({ line, stack: "x".repeat(100_000) }, "x");
process.stderr.write("written");
log.close().then(() => process.exit(0));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
  await once(child.stderr, "data");
  let bytes = 0;
  child.stdout.on("data", (chunk: Buffer) => (bytes += chunk.length));
  await once(child.stdout, "close");
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThanOrEqual(2 ** 20);
});
