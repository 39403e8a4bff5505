/** One server-sent event (HTML standard, 9.2.6), as far as our collector writes them: one line for each field. */
export interface ServerEvent {
  readonly type: string | undefined;
  readonly id: string | undefined;
  readonly text: string;
}

/** The events of a response, as they come, until it ends. Blocks without data, such as `retry`, are left out. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  /** What came of a block that has not ended: joined once, since a snapshot comes in hundreds of chunks. */
  let parts: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const text = decoder.decode(value, { stream: true });
    // The end of a block may be cut between two chunks.
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
