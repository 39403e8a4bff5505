import { chown, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Started, startProgram } from "./started.ts";

/** Debian's `nobody`: MariaDB refuses to run as root. */
const NOBODY = 65_534;

/** A real MariaDB without a database, on a socket that only this machine can reach. */
export interface RunningMariaDb extends Started {
  /** For `mysql.createPool`. */
  readonly connection: { readonly socketPath: string; readonly user: string };
}

/** Starts a MariaDB with its data in an empty folder; without root as the current user. */
export async function startMariaDb(): Promise<RunningMariaDb> {
  const server = process.env["MARIADB_PATH"] ?? "mariadbd";
  const isRoot = process.getuid?.() === 0;
  const folder = await mkdtemp(join(tmpdir(), "rumkit-mariadb-"));
  const data = join(folder, "data");
  await mkdir(data);
  if (isRoot) for (const path of [folder, data]) await chown(path, NOBODY, NOBODY);
  const socketPath = join(folder, "socket");
  const args = [
    "--no-defaults",
    `--datadir=${data}`,
    `--socket=${socketPath}`,
    `--pid-file=${join(folder, "pid")}`,
    "--skip-networking",
    // It has no tables of users: the folder's owner decides who may connect.
    "--skip-grant-tables",
    "--innodb-buffer-pool-size=16M",
    "--innodb-flush-log-at-trx-commit=0",
  ];
  const mariadb = await startProgram(
    isRoot ? "setpriv" : server,
    isRoot ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", server, ...args] : args,
    { ready: /ready for connections/, env: { LC_ALL: "C" } },
  );
  return {
    ...mariadb,
    connection: { socketPath, user: "shop" },
    stop: async () => {
      await mariadb.stop();
      await rm(folder, { recursive: true });
    },
  };
}
