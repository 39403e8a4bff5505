import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../freePort.ts";
import { parseExposition, type Scrape } from "../scrape.ts";
import { type Started, startProgram } from "../started.ts";

/** An edge in a separate process, on the same port and folder after each restart. */
export interface RunningEdge {
  readonly port: number;
  request(path: string, init?: RequestInit): Promise<Response>;
  scrape(): Promise<Scrape>;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it as a supervisor does: SIGTERM. */
  end(): Promise<void>;
  /** Kills it and removes its folder. */
  remove(): Promise<void>;
}

export async function startEdge(logUrl: string, env: Record<string, string> = {}): Promise<RunningEdge> {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-edge-"));
  const port = await freePort();
  let running: Started | undefined;
  const request: RunningEdge["request"] = (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    running?.signal(signal);
    await running?.stop();
    running = undefined;
  };
  const start = async (): Promise<void> => {
    running = await startProgram(process.execPath, [join(import.meta.dirname, "edgeProcess.ts")], {
      env: { PORT: String(port), FOLDER: folder, LOG_URL: logUrl, ...env },
      ready: /listening/,
    });
  };
  await start();
  return {
    port,
    request,
    scrape: async () => parseExposition(await (await request("/metrics")).text()),
    start,
    kill: () => end("SIGKILL"),
    end: () => end("SIGTERM"),
    remove: async () => {
      await end("SIGKILL");
      rmSync(folder, { recursive: true });
    },
  };
}
