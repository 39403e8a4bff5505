#!/usr/bin/env node
import { hideNodeWarnings } from "./hideNodeWarnings.ts";
import { main } from "../commands/main.ts";

hideNodeWarnings();
const args = process.argv.slice(2);

/** Commands that see to a closed output themselves: a collector goes on without its log. */
const LASTING = ["serve", "tail"];

// A reader that has enough, such as `head`, closes its end.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (LASTING.includes(args[0] ?? "")) return;
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await main(args);
