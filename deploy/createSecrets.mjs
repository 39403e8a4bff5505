/**
 * Writes a random secret to each file that is not there yet: `node createSecrets.mjs <folder>`. Containers of one machine read
 * them as their own users, so a file is readable for all who can see the volume.
 *
 * Grafana's password is that of GRAFANA_PASSWORD where it is set. Grafana reads it when its own volume is new; later, change it
 * in Grafana.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const NAMES = [
  "metrics-token",
  "postgres-password",
  "shop-password",
  "exporter-password",
  "grafana-password",
  "nats-password",
];

/** Files whose content follows from a password: `nats-password` is in the address of the log and in its server's settings. */
const DERIVED = {
  broker: (password) => `nats://rumkit:${password}@nats:4222`,
  "nats-password.conf": (password) => `password: "${password}"\n`,
};

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("[rumkit] The folder is missing. Write: node createSecrets.mjs <folder>");
  process.exit(2);
}
for (const name of NAMES) {
  const file = join(folder, name);
  const chosen = name === "grafana-password" ? process.env["GRAFANA_PASSWORD"] : undefined;
  if (existsSync(file) && !chosen) continue;
  write(name, chosen || randomBytes(24).toString("base64url"));
  console.log(`${name} ${chosen ? "is as given" : "was generated"}.`);
}
const password = readFileSync(join(folder, "nats-password"), "utf8");
for (const [name, textOf] of Object.entries(DERIVED)) write(name, textOf(password));

/** Complete or not at all: a start may be cut off. */
function write(name, text) {
  const file = join(folder, name);
  writeFileSync(`${file}.new`, text, { mode: 0o444 });
  renameSync(`${file}.new`, file);
}
