import { randomUUID } from "node:crypto";

/** Simulated visitors run no scripts, and those of a real browser may be too quick for a long task. */
export async function reportLongTask(origin: string): Promise<void> {
  const [id, session] = [randomUUID(), randomUUID()].map((uuid) => uuid.replaceAll("-", ""));
  const events = [{ type: "long_task", value: 0.12, party: "first", route: "/" }];
  const answer = await fetch(`${origin}/collect`, {
    method: "POST",
    headers: { origin },
    body: JSON.stringify({ v: 1, id, app: "shop", session, sentAt: Date.now(), events }),
  });
  const { accepted } = (await answer.json()) as { accepted?: number };
  if (accepted !== 1) throw new Error(`The shop did not accept a long task: ${answer.status}`);
}
