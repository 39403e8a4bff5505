import type { Broker } from "@rumkit/server";
import { expect } from "vitest";
import { type Bench, SHARED } from "./engine.ts";
import { codeOf } from "./messages.ts";

/** Records: compare and set. */
export function testRecords({ check, open, shared }: Bench): void {
  check("records", "replaces only the revision that a write names", async () => {
    const { records } = shared().broker;
    expect(await records.read("owner.0")).toBeUndefined();
    const first = await records.write("owner.0", "a", 0);
    expect(await records.read("owner.0")).toEqual({ key: "owner.0", text: "a", revision: first });
    expect(await records.write("owner.0", "b", 0)).toBeUndefined();
    expect(await records.write("owner.0", "b", first! + 1)).toBeUndefined();
    const second = await records.write("owner.0", "b", first!);
    expect(second).toBeGreaterThan(first!);
    expect(await records.write("owner.0", "c", first!)).toBeUndefined();
    expect((await records.read("owner.0"))?.text).toBe("b");
  });

  check("records", "removes one, and never gives a revision again", async () => {
    const { records } = shared().broker;
    const first = await records.write("removed", "a", 0);
    expect(await records.write("removed", undefined, first! + 1)).toBeUndefined();
    const removed = await records.write("removed", undefined, first!);
    expect(removed).toBeGreaterThan(first!);
    expect(await records.read("removed")).toBeUndefined();
    expect(await records.write("removed", "b", first!)).toBeUndefined();
    expect(await records.write("removed", "b", 0)).toBeGreaterThan(removed!);
  });

  check("records", "lists keys by their beginning, in their order, and keeps any text", async () => {
    const { records } = shared().broker;
    const text = `"ä\r\n\0${"x".repeat(100_000)}`;
    for (const key of ["list.2", "list.1", "list_3", "lis", "List.1", "list.1.x"])
      await records.write(key, text, 0);
    expect((await records.list("list.")).map(({ key }) => key)).toEqual(["list.1", "list.1.x", "list.2"]);
    expect((await records.list("list.1")).map((record) => record.text)).toEqual([text, text]);
    expect(await records.list("nothing")).toEqual([]);
  });

  check("records", "refuses keys that could mean others", async () => {
    const { records } = shared().broker;
    for (const key of ["", "a b", "a*", ">", "a/b", "ä", "x".repeat(201)])
      expect(await codeOf(records.write(key, "x", 0))).toBe("refused");
  });

  check("records", "loses no step of writers that race", async () => {
    const brokers = [shared().broker, await open(SHARED, { partitions: undefined })];
    await Promise.all(Array.from({ length: 8 }, (_, writer) => countUp(brokers[writer % 2]!, 6)));
    expect((await brokers[0]!.records.read("count"))?.text).toBe("48");
  });
}

async function countUp({ records }: Broker, steps: number): Promise<void> {
  for (let done = 0; done < steps;) {
    const kept = await records.read("count");
    const written = await records.write("count", `${Number(kept?.text ?? 0) + 1}`, kept?.revision ?? 0);
    if (written !== undefined) done += 1;
  }
}
