/**
 * The time of answering a batch, by step, module and function: `npm run bench -- profile`.
 *
 * The collector runs under V8's sampling profiler while batches come; each sample counts for the file whose
 * function was running. What is called "native" is C++ of Node and V8: the socket, JSON, hashes, garbage.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { SourceMap, type SourceMapPayload } from "node:module";
import { fileURLToPath } from "node:url";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postBatches } from "./load.ts";
import { nextMessage } from "./nextMessage.ts";

const SECONDS = 6;
const CONNECTIONS = 128;
const ROWS = 30;

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** The steps of a batch. A module belongs to the first one that it matches. */
const STEPS: readonly (readonly [step: string, modules: RegExp])[] = [
  [
    "UTF-8, nesting, fields: the batch is valid",
    /^server\/(http\/(parseJson|objectReader|fieldReaders)|collect\/parseBatch)/,
  ],
  [
    "catalog, routes: what an event counts",
    /^server\/(vocabulary|pages|routes|learned|catalog)|rememberMatches|judgeBatch|scaleSamples/,
  ],
  ["series: look up and count", /^server\/metrics/],
  ["live windows", /^server\/(live|history|socket)/],
  ["duplicates, journal", /^server\/journal|^node:zlib/],
  ["groups of errors", /^server\/(errors|stack|scrub|log)|describeEvent/],
  ["origin, rate, body, answer", /^server\//],
  ["node:http, streams, timers", /^node:/],
  ["garbage collector", /^garbage collector/],
  ["native: socket, hashes, clocks", /^native/],
];

/** The output of `--cpu-prof` (Chrome DevTools protocol, `Profiler.Profile`). */
interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** The file that a frame belongs to, as a reader of this repository would name it. */
function moduleOf({ url, functionName, lineNumber, columnNumber }: CallFrame): string {
  if (functionName === "(garbage collector)") return "garbage collector";
  if (url === "") return functionName.startsWith("(") ? functionName : "native";
  const [, ours] = /\/packages\/(.*)$/.exec(url) ?? [];
  if (ours !== undefined) return sourceOf(url, lineNumber, columnNumber) ?? ours.replace("/dist/", "/");
  const [, library] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(url) ?? [];
  return library ?? url;
}

const maps = new Map<string, SourceMap>();

/** The module that the build put into this file, by the file's source map. */
function sourceOf(url: string, line: number, column: number): string | undefined {
  const path = `${fileURLToPath(url)}.map`;
  if (!existsSync(path)) return undefined;
  const map = maps.get(path) ?? new SourceMap(JSON.parse(readFileSync(path, "utf8")) as SourceMapPayload);
  maps.set(path, map);
  const entry = map.findEntry(line, column);
  if (!("originalSource" in entry)) return undefined;
  return join(path, "..", entry.originalSource)
    .replace(/^.*\/packages\//, "")
    .replace("/src/", "/");
}

/** The names of time without a function: waiting, and the system calls of the event loop. */
const IDLE: ReadonlySet<string> = new Set(["(idle)", "(program)", "(root)"]);

function stepOf(frame: CallFrame): string {
  const module = moduleOf(frame);
  if (frame.functionName === "parse" && module.startsWith("server/http/parseJson.")) return "JSON.parse";
  return STEPS.find(([, modules]) => modules.test(module))?.[0] ?? "start, and other";
}

function sumBy(profile: Profile, nameOf: (frame: CallFrame) => string): Map<string, number> {
  const working = profile.nodes.filter(({ callFrame }) => !IDLE.has(callFrame.functionName));
  const nameById = new Map(working.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const micros = new Map<string, number>();
  for (const [index, id] of profile.samples.entries()) {
    const name = nameById.get(id);
    if (name !== undefined) micros.set(name, (micros.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0));
  }
  return micros;
}

function printTable(title: string, micros: ReadonlyMap<string, number>, requests: number): void {
  const all = [...micros.values()].reduce((sum, value) => sum + value, 0);
  console.log(`\n${title}`);
  console.table(
    [...micros]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, ROWS)
      .map(([name, value]) => ({
        where: name,
        "µs/request": Number((value / requests).toFixed(2)),
        share: `${((100 * value) / all).toFixed(1)} %`,
      })),
  );
}

const folder = mkdtempSync(join(tmpdir(), "rumkit-profile-"));
const server = fork(join(import.meta.dirname, "servers", process.argv[3] ?? "rumkit.ts"), {
  stdio: "inherit",
  execArgv: ["--cpu-prof", `--cpu-prof-dir=${folder}`, "--cpu-prof-interval=200"],
});
const { port } = await nextMessage<{ port: number }>(server);
const { requests } = await postBatches(port, { seconds: SECONDS, connections: CONNECTIONS });
server.disconnect();
await once(server, "exit");
const [file] = readdirSync(folder);
const profile = JSON.parse(readFileSync(join(folder, file!), "utf8")) as Profile;
rmSync(folder, { recursive: true });

printTable("By step", sumBy(profile, stepOf), requests);
printTable("By module", sumBy(profile, moduleOf), requests);
printTable(
  "By function",
  sumBy(profile, (frame) =>
    frame.url === ""
      ? frame.functionName
      : `${frame.functionName || "(anonymous)"} ${moduleOf(frame)}:${frame.lineNumber + 1}`,
  ),
  requests,
);
