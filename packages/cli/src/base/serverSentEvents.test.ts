import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { readEvents } from "./serverSentEvents.ts";

const TEXT =
  ": hello\nretry: 5\n\nevent: a\nid: 1-1\ndata: ü1\ndata:2\n\nid\ndata: 3\r\n\r\ndata: 4\r\rdata: lost";

async function read(chunks: readonly Uint8Array[]): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const event of readEvents(Readable.from(chunks))) events.push(event);
  return events;
}

test.each([1, 2, 3, 1_000])("events do not depend on their chunks (%i bytes)", async (size) => {
  const bytes = new TextEncoder().encode(TEXT);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  expect(await read(chunks)).toEqual([
    { id: "1-1", data: "ü1\n2" },
    { id: "", data: "3" },
    { id: "", data: "4" },
  ]);
});
