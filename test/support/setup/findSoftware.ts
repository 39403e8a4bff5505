/** The options of the programs that tests start. */
import { join } from "node:path";
import { findSoftware } from "../../../scripts/systemSoftware.ts";

// Browsers and servers by PATH, so that one test file runs without `npm test`, which installs them.
findSoftware();

// Hundreds of programs are started from TypeScript: each would read and translate the same files, for 0.6 s of CPU.
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "../../../.tmp/compileCache");
