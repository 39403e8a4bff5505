/**
 * `npm run demo`: installs what the demo needs, builds its two pages and starts the example shop with its
 * collector, one process on one port. Runs on the Node.js that is there, so it is plain JavaScript; the shop runs
 * on the Node.js that the install brings.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as util from "node:util";
import "./checkNode.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const SHOP = join(ROOT, "examples/shop");
const LIVE_PAGE = join(ROOT, "packages/live-page");

/** The version that the lock file is made with, as in `install:all` of package.json. */
const PNPM = "npx --yes pnpm@12.21.0";

const USAGE = `Usage: npm run demo -- [options]

Starts a bookshop that measures itself: the shop, its collector and simulated visitors.

  --story         plays the story of a bad release after 20 seconds; without it, after 2 minutes:
                  1.5.0 makes product pages slow, orders fall, a banner shows it, 1.5.1 takes it back
  --no-story      never plays it
  --no-visitors   turns the simulated traffic off, and with it the story
  --seed <n>      other visitors; the same number gives the same ones. Default 1
  --help          this text

PORT and HOST choose where it listens. Default 4000 and 127.0.0.1.
`;

const flags = readFlags();
if (flags.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const port = readInteger("PORT", process.env["PORT"] ?? "4000");
const host = process.env["HOST"] ?? "127.0.0.1";
await requireFreePort();

await step("1/3  Install  only what the demo needs, from npm", install);
await step("2/3  Build    the shop's page and the live page", build);
console.log("3/3  Start    Ctrl-C ends it\n");
start();

function readFlags() {
  try {
    return util.parseArgs({
      options: {
        story: { type: "boolean" },
        "no-story": { type: "boolean" },
        "no-visitors": { type: "boolean" },
        seed: { type: "string", default: "1" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    return fail(`${error.message}\n\n${USAGE}`);
  }
}

/** Accepts whole numbers only: `PORT=auto` should not open a random port. */
function readInteger(name, text) {
  return /^\d{1,9}$/.test(text) ? Number(text) : fail(`${name} must be a whole number: "${text}".`);
}

/** Ends with a sentence, before anything is installed, where the shop could not listen. */
async function requireFreePort() {
  readInteger("--seed", flags.seed);
  if (flags.story && (flags["no-visitors"] || flags["no-story"]))
    fail("--story needs the simulated visitors and the story. Leave out --no-visitors and --no-story.");
  if (port > 65_535) fail(`PORT must be 65535 or less: ${port}.`);
  const server = createServer();
  const error = await new Promise((resolve) => {
    server.once("error", resolve);
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
  if (!error) return;
  if (error.code === "EADDRINUSE")
    fail(`Port ${port} is in use. Choose another: PORT=${port + 1} npm run demo`);
  fail(`The demo cannot listen on ${host}:${port}: ${error.message}`);
}

/** Prints a line before and the time after. The output of the step is shown only if it fails. */
async function step(title, run) {
  process.stdout.write(`${title} … `);
  const began = Date.now();
  const { code, output } = await run();
  if (code !== 0) {
    console.error(`failed\n\n${output}`);
    process.exit(1);
  }
  console.log(`${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/** After `npm test` everything is there: installing less would remove what the tests need. */
function install() {
  const isWhole = existsSync(join(ROOT, "node_modules/vitest"));
  const packages = isWhole ? "" : "--prod --filter @rumkit/example-shop... --filter @rumkit/live-page...";
  return collect(`${PNPM} install --frozen-lockfile --prefer-offline ${packages}`, ROOT);
}

/** Both pages at once. The packages need no build: Node.js and Vite read their TypeScript as it is. */
async function build() {
  const vite = JSON.stringify(join(LIVE_PAGE, "node_modules/vite/bin/vite.js"));
  const command = `${JSON.stringify(nodeProgram())} ${vite} build --logLevel warn`;
  const results = await Promise.all([SHOP, LIVE_PAGE].map((folder) => collect(command, folder)));
  return results.find(({ code }) => code !== 0) ?? results[0];
}

/** The Node.js that the install has brought. */
function nodeProgram() {
  const folder = join(LIVE_PAGE, "node_modules/node/bin");
  return join(folder, process.platform === "win32" ? "node.exe" : "node");
}

function start() {
  const args = ["--conditions=@rumkit/source", "--disable-warning=ExperimentalWarning", "server.ts"];
  const switches = ["story", "no-story", "no-visitors"]
    .filter((name) => flags[name])
    .map((name) => `--${name}`);
  const passed = [...switches, "--seed", flags.seed];
  const shop = spawn(nodeProgram(), [...args, ...passed], { cwd: SHOP, stdio: "inherit" });
  // Ctrl-C reaches the shop as well as this process, which only waits until the shop has finished.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => shop.kill(signal));
  shop.on("exit", (code) => process.exit(code ?? 1));
}

/** Runs a command line and returns its exit code and everything that it wrote. */
function collect(command, cwd) {
  const child = spawn(command, { cwd, shell: true, env: { ...process.env, RUMKIT_FROM_SOURCE: "1" } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 1, output: error.message }));
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** @returns {never} */
function fail(message) {
  console.error(`[rumkit] ${message}`);
  process.exit(1);
}
