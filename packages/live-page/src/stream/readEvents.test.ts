import { expect, test } from "vitest";
import { readEvents, type ServerEvent } from "./readEvents.ts";

const TEXT =
  'retry: 1000\n\nevent: snapshot\nid: 1\ndata: {"a":"ü€"}\n\ndata: second\n\nevent: cut\ndata: never ends';

const EVENTS = [
  { type: "snapshot", id: "1", text: '{"a":"ü€"}' },
  { type: undefined, id: undefined, text: "second" },
];

/** Reads the events of a text that arrives in chunks of `size` bytes. */
async function read(text: string, size: number): Promise<ServerEvent[]> {
  const bytes = new TextEncoder().encode(text);
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.subarray(at, at + size));
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

test("events are the same wherever their bytes are split", async () => {
  for (let size = 1; size <= TEXT.length; size += 1) expect(await read(TEXT, size)).toEqual(EVENTS);
});

test("the chunks of a snapshot are joined once", async () => {
  const long = "x".repeat(200_000);
  const [event] = await read(`data: ${long}\n\n`, 10);
  expect(event?.text).toBe(long);
});
