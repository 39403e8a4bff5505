/**
 * `npm run demo -- [world]`: installs what a world needs, builds its pages and starts it with its collector on one port;
 * without a name, the shop. Runs on the Node.js that is there, so it is plain JavaScript; the world runs on the Node.js
 * that the install brings.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import "./checkNode.mjs";
import { checkFlags, list, readWorlds, usage } from "./worlds.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const LIVE_PAGE = join(ROOT, "packages/live-page");

/** The version that the lock file is made with, as in `install:all` of package.json. */
const PNPM = "npx --yes pnpm@12.21.0";

const worlds = readWorlds(ROOT);
const { world, args } = readArguments();
const port = readInteger("PORT", process.env["PORT"] ?? "4000");
const host = process.env["HOST"] ?? "127.0.0.1";
await requireFreePort();

await step("1/3  Install  only what the demo needs, from npm", install);
await step(`2/3  Build    ${world.hasPage ? `the page of ${world.name} and ` : ""}the live page`, build);
console.log("3/3  Start    Ctrl-C ends it\n");
const others = worlds.filter((other) => other !== world).map(({ name }) => name);
if (others.length > 0) console.log(`Others      npm run demo -- ${others.join(" | ")}`);
start();

/** The world that the first word names, and its flags. Default: the shop. */
function readArguments() {
  const [first = "", ...rest] = process.argv.slice(2);
  const isNamed = first !== "" && !first.startsWith("-");
  const named = worlds.find(({ name }) => name === (isNamed ? first : "shop"));
  if (!named) return fail(`"${first}" is not a world.\n\n${list(worlds)}`);
  const given = isNamed ? rest : process.argv.slice(2);
  if (given.includes("--list")) return say(list(worlds));
  if (given.includes("--help") || given.includes("-h")) return say(usage(named, worlds));
  try {
    return { world: named, args: checkFlags(named, given) };
  } catch (error) {
    return fail(`${error.message}\n\n${usage(named, worlds)}`);
  }
}

/** @returns {never} */
function say(text) {
  process.stdout.write(text);
  process.exit(0);
}

/** Accepts whole numbers only: `PORT=auto` should not open a random port. */
function readInteger(name, text) {
  return /^\d{1,9}$/.test(text) ? Number(text) : fail(`${name} must be a whole number: "${text}".`);
}

/** Ends with a sentence, before anything is installed, where the shop could not listen. */
async function requireFreePort() {
  if (port > 65_535) fail(`PORT must be 65535 or less: ${port}.`);
  const server = createServer();
  const error = await new Promise((resolve) => {
    server.once("error", resolve);
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
  if (!error) return;
  const suffix = world.name === "shop" ? "" : ` -- ${world.name}`;
  if (error.code === "EADDRINUSE")
    fail(`Port ${port} is in use. Choose another: PORT=${port + 1} npm run demo${suffix}`);
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
  const needed = `--prod --filter @rumkit/example-${world.name}... --filter @rumkit/live-page...`;
  const packages = isWhole ? "" : needed;
  return collect(`${PNPM} install --frozen-lockfile --prefer-offline ${packages}`, ROOT);
}

/** All pages at once. The packages need no build: Node.js and Vite read their TypeScript as it is. */
async function build() {
  const vite = JSON.stringify(join(LIVE_PAGE, "node_modules/vite/bin/vite.js"));
  const command = `${JSON.stringify(nodeProgram())} ${vite} build --logLevel warn`;
  const folders = world.hasPage ? [world.folder, LIVE_PAGE] : [LIVE_PAGE];
  const results = await Promise.all(folders.map((folder) => collect(command, folder)));
  return results.find(({ code }) => code !== 0) ?? results[0];
}

/** The Node.js that the install has brought. */
function nodeProgram() {
  const folder = join(LIVE_PAGE, "node_modules/node/bin");
  return join(folder, process.platform === "win32" ? "node.exe" : "node");
}

function start() {
  const node = ["--conditions=@rumkit/source", "--disable-warning=ExperimentalWarning", "server.ts"];
  const server = spawn(nodeProgram(), [...node, ...args], { cwd: world.folder, stdio: "inherit" });
  // Ctrl-C reaches the server as well as this process, which only waits until the server has finished.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
  server.on("exit", (code) => process.exit(code ?? 1));
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
