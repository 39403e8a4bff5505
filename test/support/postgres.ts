import { execFileSync } from "node:child_process";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Started, startProgram } from "./started.ts";

/** Debian's `nobody`: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

const AUTH = ["--auth-local=trust", "--auth-host=scram-sha-256"];

/** A real PostgreSQL with an empty database, on a socket that only this machine can reach. It asks for no password there. */
export interface RunningPostgres extends Started {
  /** For `new pg.Pool`. */
  readonly connection: { readonly host: string; readonly user: string; readonly database: string };
}

interface PostgresOptions {
  /** A port of loopback, where it asks for passwords. Default: none is open. */
  readonly port?: number;
  /** More arguments of the server. Default none. */
  readonly args?: readonly string[];
}

/** Starts a PostgreSQL with its data in an empty folder; without root as the current user. */
export async function startPostgres({
  port,
  args: more = [],
}: PostgresOptions = {}): Promise<RunningPostgres> {
  const server = process.env["POSTGRES_PATH"] ?? "postgres";
  const isRoot = process.getuid?.() === 0;
  const folder = await mkdtemp(join(tmpdir(), "rumkit-postgres-"));
  const data = join(folder, "data");
  if (isRoot) await chown(folder, NOBODY, NOBODY);
  execFileSync(
    join(dirname(server), "initdb"),
    ["-D", data, "-U", "postgres", ...AUTH, "--locale=C", "--encoding=UTF8", "--no-sync"],
    { ...(isRoot && { uid: NOBODY, gid: NOBODY }), stdio: "pipe" },
  );
  const network = port === undefined ? ["-c", "listen_addresses="] : ["-h", "127.0.0.1", "-p", String(port)];
  const args = ["-D", data, "-k", folder, "-c", "fsync=off", ...network, ...more];
  const postgres = await startProgram(
    isRoot ? "setpriv" : server,
    isRoot ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", server, ...args] : args,
    { ready: /ready to accept connections/, env: { LC_ALL: "C" } },
  );
  return {
    ...postgres,
    connection: { host: folder, user: "postgres", database: "postgres" },
    stop: async () => {
      await postgres.stop();
      await rm(folder, { recursive: true });
    },
  };
}
