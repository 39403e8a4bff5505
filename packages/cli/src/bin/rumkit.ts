#!/usr/bin/env node
import { hideSqliteWarning } from "./hideSqliteWarning.ts";
import { main } from "../commands/main.ts";

hideSqliteWarning();
process.exitCode = await main(process.argv.slice(2));
