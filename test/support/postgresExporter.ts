import { freePort } from "./freePort.ts";
import type { RunningPostgres } from "./postgres.ts";
import { type Started, startProgram } from "./started.ts";

/** A real postgres_exporter that asks a server of this machine. */
export interface RunningExporter extends Started {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
}

export async function startPostgresExporter({ connection }: RunningPostgres): Promise<RunningExporter> {
  const port = await freePort();
  const { host, user, database } = connection;
  const exporter = await startProgram(
    process.env["POSTGRES_EXPORTER_PATH"] ?? "prometheus-postgres-exporter",
    [`--web.listen-address=127.0.0.1:${port}`],
    {
      env: { DATA_SOURCE_NAME: `host=${host} user=${user} dbname=${database} sslmode=disable` },
      ready: /Listening on/,
    },
  );
  return { ...exporter, origin: `http://127.0.0.1:${port}` };
}
