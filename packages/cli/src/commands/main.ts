import { readFileSync } from "node:fs";
import { type Command, UsageError } from "./command.ts";
import { explainNode } from "./supportedNode.ts";
import { nearestName } from "@rumkit/server/internal/base";

interface Entry {
  /** One line of `rumkit --help`. */
  readonly summary: string;
  /** Loads the command on demand, so that writing a dashboard does not load a collector. */
  readonly load: () => Promise<Command>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  init: {
    summary: "set rumkit up in your app, and wait for its first event",
    load: async () => (await import("./initCommand.ts")).initCommand,
  },
  doctor: {
    summary: "examine a running collector, and give the remedy for each fault",
    load: async () => (await import("./doctorCommand.ts")).doctorCommand,
  },
  tail: {
    summary: "show the events of a running collector as they happen",
    load: async () => (await import("./tailCommand.ts")).tailCommand,
  },
  share: {
    summary: "print a read-only link to the live page of a running collector",
    load: async () => (await import("./shareCommand.ts")).shareCommand,
  },
  alerts: {
    summary: "list, test, silence and replay alerts",
    load: async () => (await import("./alertsCommand.ts")).alertsCommand,
  },
  load: {
    summary: "send made-up visitors to a running collector, and compare what it counted",
    load: async () => (await import("./loadCommand.ts")).loadCommand,
  },
  check: {
    summary: "show what a catalog costs, usually and at most, and limits for Prometheus",
    load: async () => (await import("./checkCommand.ts")).checkCommand,
  },
  lint: {
    summary: "name what Prometheus, Grafana or a person would stumble over in a catalog",
    load: async () => (await import("./lintCommand.ts")).lintCommand,
  },
  diff: {
    summary: "show what a change of a catalog does to series, boards and rules, and what breaks",
    load: async () => (await import("./diffCommand.ts")).diffCommand,
  },
  catalog: {
    summary: "write a catalog of what a collector without one has seen",
    load: async () => (await import("./catalogCommand.ts")).catalogCommand,
  },
  generate: {
    summary: "write dashboards, rules and a reference of all metrics from a catalog",
    load: async () => (await import("./generateCommand.ts")).generateCommand,
  },
  serve: {
    summary: "run a collector, configured by a file, the environment and flags",
    load: async () => (await import("./serveCommand.ts")).serveCommand,
  },
  cluster: {
    summary: "show or change which aggregator counts which partition of a log",
    load: async () => (await import("./clusterCommand.ts")).clusterCommand,
  },
  key: {
    summary: "make a write key, secret key or token",
    load: async () => (await import("./keyCommand.ts")).keyCommand,
  },
  script: {
    summary: "print the script tag for pages without a bundler",
    load: async () => (await import("./scriptCommand.ts")).scriptCommand,
  },
  sourcemaps: {
    summary: "upload a build's source maps to a collector",
    load: async () => (await import("./sourcemapsCommand.ts")).sourcemapsCommand,
  },
};

const WIDEST = Math.max(...Object.keys(COMMANDS).map((name) => name.length));

const USAGE = `Usage: rumkit <command>

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(WIDEST)}  ${summary}\n`)
  .join("")}
"rumkit help <command>" explains one of them. "rumkit --version" prints the versions of rumkit and Node.js.
`;

/** Runs the arguments after `rumkit`. Returns the exit code. Never throws. */
export async function main([name, ...argv]: string[]): Promise<number> {
  const reason = explainNode(process.versions.node);
  if (reason !== undefined) {
    process.stderr.write(`${reason}\n`);
    return 1;
  }
  if (name === "--version" || name === "-v" || name === "-V") {
    process.stdout.write(`rumkit ${readVersion()} (node ${process.versions.node})\n`);
    return 0;
  }
  const isHelp = name === undefined || ["--help", "-h", "help"].includes(name);
  if (isHelp && (argv[0] === undefined || argv[0] === "help")) {
    process.stdout.write(USAGE);
    return 0;
  }
  const asked = isHelp ? argv[0]! : name;
  if (!Object.hasOwn(COMMANDS, asked)) {
    process.stderr.write(`[rumkit] ${describeUnknown(asked)}\nRun "rumkit --help" for all commands.\n`);
    return 2;
  }
  const command = await COMMANDS[asked]!.load();
  if (isHelp || asksForHelp(argv)) {
    process.stdout.write(command.usage);
    return 0;
  }
  return runCommand(asked, command, argv);
}

async function runCommand(name: string, command: Command, argv: string[]): Promise<number> {
  try {
    return await command.run(argv);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // A program that parses the output gets the fault in it, and not an empty text.
    if (command.usage.includes("--json") && optionsOf(argv).includes("--json"))
      process.stdout.write(`${JSON.stringify({ error: message.replace(/^\[rumkit\] /, "") })}\n`);
    if (!(error instanceof UsageError)) {
      process.stderr.write(`${message.startsWith("[rumkit]") ? "" : "[rumkit] "}${message}\n`);
      return 1;
    }
    process.stderr.write(`${message}\nRun "rumkit ${name} --help" for all options.\n`);
    return 2;
  }
}

function asksForHelp(argv: readonly string[]): boolean {
  const options = optionsOf(argv);
  return options.includes("--help") || options.includes("-h");
}

/** Everything after `--` is a file name. */
function optionsOf(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  return end < 0 ? argv : argv.slice(0, end);
}

function describeUnknown(name: string): string {
  const [what, meant] = name.startsWith("-")
    ? ["option", nearestName(name, ["--help", "--version"])]
    : ["command", nearestName(name, [...Object.keys(COMMANDS), "help"])];
  return `Unknown ${what} "${name.slice(0, 100)}".${meant === undefined ? "" : ` Did you mean "${meant}"?`}`;
}

function readVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
