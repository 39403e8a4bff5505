import type { TakenJob, WorkerQueue } from "./clipQueue.ts";

/** A worker's side of the embedded queue, over HTTP. */
export function createQueueClient(origin: string, token: string): WorkerQueue {
  const post = async <Answer>(path: string, body: unknown, signal?: AbortSignal): Promise<Answer> => {
    const response = await fetch(`${origin}/queue/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: signal ?? AbortSignal.timeout(2_000),
    });
    if (!response.ok) throw new Error(`The queue answers ${response.status}.`);
    return (await response.json()) as Answer;
  };
  return {
    take: async (signal) => (await post<TakenJob | null>("take", {}, signal)) ?? undefined,
    renew: (job) => post("renew", job),
    finish: (job, outcome) => post("finish", { ...job, outcome }),
    release: (job) => post("release", job),
    close: async () => {},
  };
}
