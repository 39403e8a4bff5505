/** An answer of the API. */
export interface Answer {
  /** Counts the answers of this page. */
  readonly number: number;
  readonly path: string;
  /** 0 if no answer came. */
  readonly status: number;
  readonly text: string;
  /** Undefined if the answer is not JSON. */
  readonly json: unknown;
}

let sent = 0;

/** Sends a body as JSON, or gets the path. Never rejects. */
export async function callApi(path: string, body?: object): Promise<Answer> {
  const number = (sent += 1);
  const post = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  try {
    const response = await fetch(path, body && post);
    const text = await response.text();
    return { number, path, status: response.status, text, json: parse(text) };
  } catch {
    return { number, path, status: 0, text: "The server cannot be reached.", json: undefined };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
