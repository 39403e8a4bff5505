/** Streams of Node.js itself, and query objects as drivers build them. */
import { EventEmitter } from "node:events";
import { createReadStream } from "node:fs";
import { PassThrough, Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { watchCommand, watchStream } from "./watchEvents.ts";
import type { End } from "./running.ts";

/** Remembers how often and how something has ended. */
function collectEnds(): { readonly end: End; readonly ends: string[] } {
  const ends: string[] = [];
  return { ends, end: (outcome) => void ends.push(outcome) };
}

async function readAll(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

describe("a stream", () => {
  test("is done with its last data, which its reader still gets", async () => {
    const { end, ends } = collectEnds();
    const stream = Readable.from(["a", "b"]);
    watchStream(stream, end);
    expect(ends).toEqual([]);
    expect(await readAll(stream)).toBe("ab");
    expect(ends[0]).toBe("done");
  });

  test("lasts as long as its reader takes", async () => {
    const { end, ends } = collectEnds();
    const stream = new PassThrough();
    watchStream(stream, end);
    stream.end("late");
    await new Promise(setImmediate);
    expect(ends).toEqual([]);
    expect(await readAll(stream)).toBe("late");
    expect(ends[0]).toBe("done");
  });

  test("is an error if it breaks, and the reader gets the same error", async () => {
    const { end, ends } = collectEnds();
    const stream = createReadStream("/nowhere/at/all");
    watchStream(stream, end);
    await expect(readAll(stream)).rejects.toThrow("ENOENT");
    expect(ends[0]).toBe("error");
  });

  test.each([
    ["by `break`", async (stream: Readable) => { for await (const _ of stream) break; }], // prettier-ignore
    ["by `destroy`", async (stream: Readable) => void stream.destroy()],
    ["by a signal", async (stream: Readable) => void stream.destroy(new DOMException("stop", "AbortError"))],
  ])("whose reader stops %s is done", async (_title, stop) => {
    const { end, ends } = collectEnds();
    const stream = Readable.from(["a", "b", "c"]);
    stream.on("error", () => {});
    const closed = new Promise<void>((resolve) => void stream.once("close", resolve));
    watchStream(stream, end);
    await stop(stream);
    await closed;
    expect(ends[0]).toBe("done");
  });

  test("hides no error that the app does not handle", () => {
    const emitter = new PassThrough();
    watchStream(emitter, collectEnds().end);
    expect(() => emitter.emit("error", new Error("lost"))).toThrow("lost");
  });

  test.each([
    ["that has ended", async () => { const stream = Readable.from(["a"]); await readAll(stream); return stream; }, "done"], // prettier-ignore
    ["that was destroyed", async () => Readable.from(["a"]).destroy(), "done"],
    [
      "that has broken",
      async () => {
        const stream = createReadStream("/nowhere/at/all");
        await readAll(stream).catch(() => {});
        return stream;
      },
      "error",
    ],
  ])("%s is over at once", async (_title, create, outcome) => {
    const { end, ends } = collectEnds();
    watchStream(await create(), end);
    expect(ends).toEqual([outcome]);
  });
});

describe("a query object", () => {
  class Command extends EventEmitter {
    onResult?: (...args: unknown[]) => unknown;
    _callback?: (...args: unknown[]) => unknown;
    callback?: (...args: unknown[]) => unknown;
  }

  describe.each(["onResult", "_callback", "callback"] as const)("with the callback `%s`", (key) => {
    test.each([
      [[null, ["row"]], "done"],
      [[undefined], "done"],
      [[new Error("no")], "error"],
    ] as [unknown[], string][])("called with %j is %s, before the app hears of it", (args, outcome) => {
      const { end, ends } = collectEnds();
      const command = new Command();
      let heard: unknown;
      command[key] = function (this: unknown, ...given) {
        heard = [this, given, [...ends]];
        return "returned";
      };
      watchCommand(command, end);
      expect(command[key].apply(command, args)).toBe("returned");
      expect(heard).toEqual([command, args, [outcome]]);
    });

    test("that is never called is an error once the command has ended", async () => {
      const { end, ends } = collectEnds();
      const command = new Command();
      command[key] = () => {};
      watchCommand(command, end);
      command.emit("end");
      // The driver may still call it in this turn.
      expect(ends).toEqual([]);
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      expect(ends).toEqual(["error"]);
    });
  });

  test.each([
    ["end", [], "done"],
    ["close", [], "done"],
  ])("without a callback ends with the event %s", (event, args, outcome) => {
    const { end, ends } = collectEnds();
    const command = new Command();
    watchCommand(command, end);
    command.emit(event, ...args);
    expect(ends).toEqual([outcome]);
  });

  test("without a callback is an error if it fails, and the app handles it as before", () => {
    const { end, ends } = collectEnds();
    const command = new Command();
    watchCommand(command, end);
    let handled: unknown;
    command.on("error", (error) => (handled = error));
    const failure = new Error("no");
    command.emit("error", failure);
    expect([ends, handled]).toEqual([["error"], failure]);
  });

  test("of another library, without a monitor of errors, is watched by its end", () => {
    const listeners = new Map<string, () => void>();
    const foreign = { once: (event: string, listener: () => void) => void listeners.set(event, listener) };
    const { end, ends } = collectEnds();
    watchCommand(foreign as never, end);
    expect([...listeners.keys()]).toEqual(["end", "close"]);
    listeners.get("end")!();
    expect(ends).toEqual(["done"]);
  });
});
