/** One event of a stream (HTML standard, 9.2.6). */
export interface ServerSentEvent {
  /** The last `id` of the stream so far. */
  readonly id: string | undefined;
  readonly data: string;
}

/** Maximum UTF-16 units of a line. A snapshot of a large app has a few million. */
const MOST_UNITS = 64 * 1024 * 1024;

/** Reads the events of a stream. Comments, names and `retry` are left out: the caller has its own delay. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  let id: string | undefined;
  let data: string[] = [];
  for await (const line of readLines(chunks)) {
    if (line === "") {
      if (data.length > 0) yield { id, data: data.join("\n") };
      data = [];
      continue;
    }
    const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "data") data.push(value);
    // The standard ignores an id with NUL, which cannot be sent back as a header.
    else if (field === "id" && !value.includes("\0")) id = value;
  }
}

/** Yields the complete lines. A line ends with LF, CR or both; an incomplete one at the end is dropped. */
async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let units = 0;
  let endedWithReturn = false;
  for await (const chunk of chunks) {
    let text = decoder.decode(chunk, { stream: true });
    if (text === "") continue;
    if (endedWithReturn && text.startsWith("\n")) text = text.slice(1);
    endedWithReturn = text.endsWith("\r");
    const [first = "", ...rest] = text.split(/\r\n|\r|\n/);
    parts.push(first);
    units += first.length;
    if (units > MOST_UNITS)
      throw new RangeError(
        "[rumkit] The stream has a line of more than 64 Mi characters. Is it a collector's?",
      );
    for (const next of rest) {
      yield parts.join("");
      parts = [next];
      units = next.length;
    }
  }
}
