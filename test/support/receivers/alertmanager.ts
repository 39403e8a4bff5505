/** A real Alertmanager on this machine. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../freePort.ts";
import { startProgram } from "../started.ts";

/** An alert as `GET /api/v2/alerts` shows it. */
interface ShownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly status: { readonly state: string; readonly silencedBy: readonly string[] };
}

export interface RunningAlertmanager {
  readonly origin: string;
  /** The alerts that it has not resolved. */
  alerts(): Promise<readonly ShownAlert[]>;
  /** Posts to a path below `/api/v2`. Rejects unless it answers 2xx. */
  post(path: string, body: string): Promise<void>;
  readonly stop: () => Promise<void>;
}

/** @param config Its configuration, of which `alertmanager.yml` is YAML: `{ route, receivers }`. */
export async function startAlertmanager(config: object): Promise<RunningAlertmanager> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-alertmanager-"));
  await writeFile(join(folder, "alertmanager.yml"), JSON.stringify(config));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const program = await startProgram(
    process.env["ALERTMANAGER_PATH"] ?? "prometheus-alertmanager",
    [
      `--config.file=${folder}/alertmanager.yml`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      // One instance, which asks no network for others.
      "--cluster.listen-address=",
    ],
    { ready: /Listening on|msg="Listening/ },
  );
  return {
    origin,
    alerts: async () => (await (await fetch(`${origin}/api/v2/alerts`)).json()) as ShownAlert[],
    post: async (path, body) => {
      const answer = await fetch(`${origin}/api/v2/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      if (!answer.ok) throw new Error(`Alertmanager answered ${answer.status}: ${await answer.text()}`);
    },
    stop: async () => {
      await program.stop();
      await rm(folder, { recursive: true });
    },
  };
}
