/** A server-sent event (HTML standard, 9.2.6), in the form that the collector writes: one line per field. */
export interface ServerEvent {
  readonly type: string | undefined;
  readonly id: string | undefined;
  readonly text: string;
}

/** Yields the events of a response until it ends. Skips blocks without data, such as `retry`. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  /** Chunks of an incomplete block. They are joined once, because a snapshot arrives in hundreds of chunks. */
  let parts: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const text = decoder.decode(value, { stream: true });
    // The end of a block may be split between two chunks.
    const isEnd = text.includes("\n\n") || (text.startsWith("\n") && parts.at(-1)?.endsWith("\n"));
    if (text !== "") parts.push(text);
    if (!isEnd) continue;
    const blocks = parts.join("").split("\n\n");
    parts = [blocks.pop() ?? ""];
    for (const block of blocks) {
      const fields = new Map(block.split("\n").map(splitField));
      const data = fields.get("data");
      if (data !== undefined) yield { type: fields.get("event"), id: fields.get("id"), text: data };
    }
  }
}

function splitField(line: string): [name: string, value: string] {
  const colon = line.indexOf(": ");
  return colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 2)];
}
