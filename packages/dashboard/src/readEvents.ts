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
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(block.split("\n").map(splitField));
      const text = fields.get("data");
      if (text !== undefined) yield { type: fields.get("event"), id: fields.get("id"), text };
    }
  }
}

function splitField(line: string): [name: string, value: string] {
  const colon = line.indexOf(": ");
  return colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 2)];
}
