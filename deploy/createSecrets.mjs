/**
 * Writes a random secret to each file that is not there yet: `node createSecrets.mjs <folder>`. Containers of one machine read
 * them as their own users, so a file is readable for all who can see the volume.
 *
 * Grafana's password is that of GRAFANA_PASSWORD where it is set. Grafana reads it when its own volume is new; later, change it
 * in Grafana.
 */
import { randomBytes } from "node:crypto";
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const NAMES = [
  "metrics-token",
  "postgres-password",
  "shop-password",
  "exporter-password",
  "grafana-password",
];

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("[rumkit] The folder is missing. Write: node createSecrets.mjs <folder>");
  process.exit(2);
}
for (const name of NAMES) {
  const file = join(folder, name);
  const chosen = name === "grafana-password" ? process.env["GRAFANA_PASSWORD"] : undefined;
  if (existsSync(file) && !chosen) continue;
  // Complete or not at all: a start may be cut off.
  writeFileSync(`${file}.new`, chosen || randomBytes(24).toString("base64url"), { mode: 0o444 });
  renameSync(`${file}.new`, file);
  console.log(`${name} ${chosen ? "is as given" : "was generated"}.`);
}
