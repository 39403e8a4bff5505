/** One request as its client saw it. */
export interface Seen {
  readonly status: number;
  /** The end of a stream; undefined for another answer. */
  readonly end?: "completed" | "broken" | "left";
  /** Tokens of a stream that came. */
  readonly words: number;
  readonly usage?: {
    readonly prompt_tokens: number;
    readonly completion_tokens?: number;
    readonly prompt_tokens_details?: { readonly cached_tokens: number };
  };
}

/**
 * Sends a request to the API, and reads the answer to its end. An independent client: it knows OpenAI's protocol, and nothing of
 * the example's code.
 *
 * @param leavesAfter Leaves a stream after so many tokens. Default never.
 */
export async function askLlm(
  origin: string,
  path: string,
  body: object | string,
  leavesAfter = Infinity,
): Promise<Seen> {
  const response = await fetch(origin + path, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const { status, headers } = response;
  if (!headers.get("content-type")?.startsWith("text/event-stream")) {
    const { usage } = (await response.json()) as Pick<Seen, "usage">;
    return { status, words: 0, ...(usage && { usage }) };
  }
  let words = 0;
  let usage: Seen["usage"];
  for await (const event of eventsOf(response)) {
    if (event === "[DONE]") return { status, end: "completed", words, ...(usage && { usage }) };
    const { choices = [], usage: told } = JSON.parse(event) as {
      choices?: { delta: { content?: string } }[];
      usage?: Seen["usage"];
    };
    if (choices[0]?.delta.content) words += 1;
    usage = told ?? usage;
    // The end of the loop closes the connection.
    if (words >= leavesAfter) return { status, end: "left", words };
  }
  return { status, end: "broken", words };
}

async function* eventsOf(response: Response): AsyncGenerator<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) yield block.slice("data: ".length);
  }
}
