import { randomUUID } from "node:crypto";

/**
 * Reports a long task, because simulated visitors run no scripts, and those of a real browser may be too quick for one.
 * Returns false if the shop left it out, as it does when it has too much to do.
 */
export async function reportLongTask(origin: string): Promise<boolean> {
  const [id, session] = [randomUUID(), randomUUID()].map((uuid) => uuid.replaceAll("-", ""));
  const events = [{ type: "long_task", value: 0.12, party: "first", route: "/" }];
  const answer = await fetch(`${origin}/collect`, {
    method: "POST",
    headers: { origin },
    body: JSON.stringify({ v: 1, id, app: "shop", session, sentAt: Date.now(), events }),
  });
  const { accepted } = (await answer.json()) as { accepted?: number };
  return accepted === 1;
}
