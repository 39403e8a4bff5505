#!/usr/bin/env node
import { type Command, UsageError } from "./cli/command.ts";
import { explainNode } from "./cli/supportedNode.ts";

/** Each is loaded when it is asked for: a collector is not read to write a dashboard. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import("./cli/checkCommand.ts")).checkCommand,
  generate: async () => (await import("./cli/generateCommand.ts")).generateCommand,
  key: async () => (await import("./cli/keyCommand.ts")).keyCommand,
  sourcemaps: async () => (await import("./cli/sourcemapsCommand.ts")).sourcemapsCommand,
  serve: async () => (await import("./cli/serveCommand.ts")).serveCommand,
};

const USAGE = `Usage: rumkit <command>

  check      what a catalogue costs at most: series, bytes of /metrics, memory
  generate   dashboards, rules and a reference of all metrics, from a catalogue
  serve      a collector of its own, by a configuration file, environment and flags
  key        a new write key, secret key or token
  sourcemaps what a build knows of its sources, to a collector

"rumkit <command> --help" says more.
`;

process.exitCode = await run(process.argv.slice(2));

/** Returns the exit code. Never throws. */
async function run([name, ...argv]: string[]): Promise<number> {
  const reason = explainNode(process.versions.node);
  if (reason !== undefined) {
    process.stderr.write(`${reason}\n`);
    return 1;
  }
  if (name === "--help" || name === "-h") {
    process.stdout.write(USAGE);
    return 0;
  }
  const command = name !== undefined && Object.hasOwn(commands, name) ? await commands[name]!() : undefined;
  if (!command) {
    process.stderr.write(`[rumkit] Unknown command: ${name ?? "none given"}.\n\n${USAGE}`);
    return 2;
  }
  if (argv.includes("--help") || argv.includes("-h")) {
    process.stdout.write(command.usage);
    return 0;
  }
  try {
    return await command.run(argv);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof UsageError)) {
      process.stderr.write(`${message}\n`);
      return 1;
    }
    process.stderr.write(`${message}\n\n${command.usage}`);
    return 2;
  }
}
