import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder } from "../base/makeFolder.ts";
import { pathExists } from "../base/pathExists.ts";
import { createInterface } from "node:readline/promises";
import type { LiveEvent } from "@rumkit/protocol";
import { firstEvent } from "../init/firstEvent.ts";
import { missingPackages, planProject } from "../init/plan.ts";
import { type Project, readProject } from "../init/project.ts";
import type { Step } from "../init/step.ts";
import type { EffectiveConfig } from "../serve/settings.ts";
import { readConfig } from "../serve/readConfig.ts";
import { waitForSignal } from "../serve/waitForSignal.ts";
import { parseCommandLine, readUrl, refuseArguments } from "./arguments.ts";
import { readBasePath } from "./basePathOption.ts";
import { type Command, UsageError } from "./command.ts";

const USAGE = `Usage: rumkit init [--yes] [--dry-run] [--no-wait] [--url <address>] [--port <port>]

Sets rumkit up in the app of this folder: Vite, Next.js, Express, Hono or Fastify, by its package.json. It writes a catalog,
the client of the page, the mount of the collector or a configuration of rumkit serve, and the proxy of the development
server. It shows every change first and overwrites nothing: what cannot be edited safely is shown, for you to paste.

Then it waits for the first event of your browser.

  --yes               write without asking
  --dry-run           show the changes and write nothing
  --no-wait           end after writing
  --url <address>     your server, if you have one; default http://127.0.0.1:3000
  --live-path <path>  the path of your server's live page, if it has a collector; default /realtime
  --port <port>       the port of rumkit serve, if you have no server; default as configured, else 4000

Exit codes: 0 done, 1 no known framework was found, 2 invalid arguments.
`;

export const initCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    const { values, positionals } = parseCommandLine(argv, {
      yes: { type: "boolean", default: false },
      "dry-run": { type: "boolean", default: false },
      wait: { type: "boolean", default: true },
      url: { type: "string", default: "http://127.0.0.1:3000" },
      port: { type: "string" },
      "live-path": { type: "string" },
    });
    refuseArguments(positionals, "--url");
    readUrl("--url", values.url);
    const port = checkPort(values.port);
    const folder = process.cwd();
    const project = readProject(folder);
    if (!project.page && !project.server) throw new Error(describeUnknown(project));
    const configured = await readConfigured(folder);
    const collector = project.server
      ? values.url.replace(/\/+$/, "")
      : `http://127.0.0.1:${port ?? (configured?.port || 4000)}`;
    const livePath =
      (project.server ? undefined : configured?.livePath) ??
      readBasePath("live", values["live-path"], process.env);
    const steps = planProject(project, collector);
    print(`Found ${describeProject(project)}.\n\n${steps.map(renderStep).join("\n")}`);
    if (values["dry-run"]) return 0;
    const isWritten = steps.some(({ kind }) => kind === "create" || kind === "edit");
    if (isWritten && !values.yes && !(await confirm())) return 0;
    for (const step of steps) await write(folder, step);
    const mayStart = isInstalled(project, folder);
    if (!values.wait || !mayStart) {
      print(
        `Then start your app${project.server ? "" : " and npx rumkit serve"}, and open it: ${collector}${livePath} shows its events.\n`,
      );
      return 0;
    }
    return project.server ? waitForServer(collector, livePath) : serveAndWait(folder);
  },
};

/** Returns true if the app can run what was written. Prints the command that installs what is missing. */
function isInstalled(project: Project, folder: string): boolean {
  const missing = missingPackages(project);
  if (missing.length === 0) return true;
  print(`Install the packages:\n\n  ${project.installer} ${missing.join(" ")}\n`);
  return pathExists(join(folder, "node_modules", project.server ? "@rumkit/server" : "rumkit"));
}

function checkPort(port: string | undefined): string | undefined {
  if (port === undefined || (/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535)) return port;
  throw new UsageError(`[rumkit] --port must be a whole number from 1 to 65535 (got "${port}").`);
}

/** Reads the configuration that the folder has already. */
async function readConfigured(folder: string): Promise<EffectiveConfig | undefined> {
  const sources = { flags: {}, env: process.env, file: undefined, folder };
  // A configuration may import what is not installed yet, and is left as it is.
  const read = await readConfig(sources).catch(() => undefined);
  return read?.config;
}

function describeUnknown({ hasWorkspaces }: Project): string {
  return hasWorkspaces
    ? "[rumkit] This is the root of a workspace. Run rumkit init in the folder of the app."
    : "[rumkit] package.json names neither vite, next, express, hono nor fastify. For another server, " +
        "mount collector.nodeListener() or collector.fetch. Without a server, run npx rumkit serve. Pages without a " +
        'bundler load <script src="http://127.0.0.1:4000/rum.js" data-app="app" defer></script>.';
}

function describeProject({ page, server, usesReact }: Project): string {
  const pages = {
    vite: usesReact ? "Vite with React" : "Vite",
    "next-app": "Next.js (App Router)",
    "next-pages": "Next.js (Pages Router)",
  };
  const servers = { express: "Express", hono: "Hono", fastify: "Fastify" };
  return [page && pages[page], server && servers[server]].filter(Boolean).join(" and ");
}

function renderStep(step: Step): string {
  const lines = (text: string, mark: string): string =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => `  ${mark} ${line}\n`)
      .join("");
  switch (step.kind) {
    case "create":
      return `Create ${step.file}\n${lines(step.text, "+")}`;
    case "edit":
      return `Edit ${step.file}\n${lines(step.added, "+")}`;
    case "paste":
      return `Edit ${step.file} yourself. ${step.why}:\n${lines(step.added, " ")}`;
    case "done":
      return `${step.file} has it already.\n`;
  }
}

async function confirm(): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UsageError(
      "[rumkit] rumkit init cannot ask without a terminal. Add --yes, or --dry-run to look first.",
    );
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return !/^n/i.test((await terminal.question("Write this? [Y/n] ")).trim());
  } finally {
    terminal.close();
  }
}

async function write(folder: string, step: Step): Promise<void> {
  if (step.kind !== "create" && step.kind !== "edit") return;
  const path = join(folder, step.file);
  try {
    await makeFolder(dirname(path));
    // "wx" fails if the file was created in the meantime, so nothing is overwritten.
    await writeFile(path, step.text, { flag: step.kind === "create" ? "wx" : "w" });
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    throw new Error(
      `[rumkit] ${step.file} cannot be written: ${code}. Check the rights of the folder and run this again: what is there already stays.`,
      { cause },
    );
  }
}

async function waitForServer(origin: string, livePath: string): Promise<number> {
  print(
    `Start your server and open a page of your app. Waiting for the first event at ${origin} (Ctrl-C ends this) …\n`,
  );
  const stop = new AbortController();
  void waitForSignal().then(() => stop.abort());
  const page = origin + livePath;
  const event = await firstEvent(page, stop.signal).catch(() => undefined);
  if (event) celebrate(event, page);
  return 0;
}

async function serveAndWait(folder: string): Promise<number> {
  const { config } = await readConfig({ flags: {}, env: process.env, file: undefined, folder });
  const { serve } = await import("../serve/serve.ts");
  const serving = await serve({ ...config, log: "none" });
  const stop = new AbortController();
  const asked = waitForSignal().then(() => stop.abort());
  print(
    `The collector listens on ${serving.origin}. Start your app (npm run dev) and open it. Waiting for the first event …\n`,
  );
  const page = serving.origin + config.livePath;
  const event = await firstEvent(page, stop.signal).catch(() => undefined);
  if (event) {
    celebrate(event, page);
    print("The collector runs until Ctrl-C. Later, start it with npx rumkit serve.\n");
  }
  await asked;
  await serving.drain();
  return 0;
}

function celebrate({ type, name, route }: LiveEvent, page: string): void {
  const what = type === "page_view" ? `page_view ${route ?? ""}` : `${type} ${name}`;
  print(`First event from your browser: ${what.trim()}\nLive page: ${page}\n`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
