import { setTimeout as wait } from "node:timers/promises";
import { createRandom, pick, type Random } from "./random.ts";

export interface LoadOptions {
  /** The API: `http://127.0.0.1:4000`. */
  readonly origin: string;
  readonly seed: number;
  /** Default 8. */
  readonly clients?: number;
  /** Milliseconds between two requests of a client, on average. Default 800. */
  readonly thinkMs?: number;
}

/** The answers as the clients saw them. */
interface LoadLedger {
  /** Answers by status. */
  readonly statuses: Record<string, number>;
  /** Streams by their end, as the clients saw it. */
  readonly streams: Record<"completed" | "broken" | "left", number>;
  /** Requests whose connection ended before the answer, other than by `stop`. */
  lost: number;
}

export interface Load {
  readonly clients: number;
  readonly ledger: LoadLedger;
  /** One line about what the clients saw. */
  readonly summary: () => string;
  /** Begins no request any more. Resolves when every client has read its last answer. */
  readonly finish: () => Promise<void>;
  /** Ends all requests. Resolves when every client has left. */
  readonly stop: () => Promise<void>;
}

/** Long beginnings that many conversations share: what a cache of prefixes is for. */
const PERSONAS = [
  "You are the assistant of a library. Answer in short sentences, name the shelf of every book that you mention, and never " +
    "recommend a book that is on loan. If you do not know a book, say so and offer the catalog. Be kind to children, and " +
    "patient with people who have forgotten the title and remember the color of the cover only.",
  "You write the release notes of a team. Begin with what changed for users, then why, then what they have to do. Leave out " +
    "what only developers see. Use the present tense. Never promise a date. If a change breaks something, say it first and " +
    "link to the guide that explains how to upgrade without losing data or settings.",
  "You review contracts for a small shop. Point out every deadline, every renewal that happens by itself and every fee that " +
    "is not in the table of prices. Quote the clause. You are not a lawyer, and you say so at the end of each answer, once.",
];

const QUESTIONS = [
  "What should I read next?",
  "Which of these changes need a warning?",
  "Is there a deadline that I should know?",
  "Write it again, but shorter.",
  "Explain the second point to a colleague who is new.",
  "What did I forget?",
];

const CHAT_MODELS = ["gpt-4o-mini", "gpt-4o-mini", "gpt-4o", "gpt-4"];

/** Starts clients that behave the same for the same seed. */
export function createLoad({ origin, seed, clients = 8, thinkMs = 800 }: LoadOptions): Load {
  const [finishing, stopping] = [new AbortController(), new AbortController()];
  const ledger: LoadLedger = { statuses: {}, streams: { completed: 0, broken: 0, left: 0 }, lost: 0 };
  const running = Array.from({ length: clients }, (_, index) =>
    runClient({
      origin,
      ledger,
      thinkMs,
      random: createRandom(seed * 1_000 + index),
      finishing: finishing.signal,
      stopping: stopping.signal,
    }),
  );
  return {
    clients,
    ledger,
    summary: () => {
      const answers = Object.entries(ledger.statuses).map(([status, count]) => `${count} × ${status}`);
      const { completed, broken, left } = ledger.streams;
      return `${answers.join(", ")}; streams: ${completed} completed, ${broken} broken, ${left} left`;
    },
    finish: async () => {
      finishing.abort();
      await Promise.all(running);
    },
    stop: async () => {
      finishing.abort();
      stopping.abort();
      await Promise.all(running);
    },
  };
}

interface ClientOptions {
  readonly origin: string;
  readonly ledger: LoadLedger;
  readonly thinkMs: number;
  readonly random: Random;
  /** Ends what the client waits for between two requests. */
  readonly finishing: AbortSignal;
  /** Ends its requests, too. */
  readonly stopping: AbortSignal;
}

/** One client: asks, reads, thinks, until the load stops. */
async function runClient(options: ClientOptions): Promise<void> {
  const { random, finishing, thinkMs } = options;
  const talk = createConversation(random);
  while (!finishing.aborted) {
    await wait(thinkMs * (0.25 + random() * 1.5), undefined, { signal: finishing }).catch(() => {});
    if (finishing.aborted) return;
    // A server that stops, or another fault of the connection, ends one request and not the client.
    await act(options, talk).catch(() => {});
  }
}

async function act(options: ClientOptions, talk: () => object): Promise<void> {
  const { random } = options;
  const drawn = random();
  if (drawn < 0.03) return post(options, "/v1/chat/completions", mistake(random));
  if (drawn < 0.036) {
    // Many at once: more than the queue has room for.
    const bodies = Array.from({ length: 14 }, () => JSON.stringify({ ...talk(), stream: true }));
    await Promise.all(bodies.map((body) => stream(options, body)));
    return;
  }
  if (drawn < 0.18) {
    const input = [pick(random, QUESTIONS), pick(random, PERSONAS)];
    return post(options, "/v1/embeddings", JSON.stringify({ model: "text-embedding-3-small", input }));
  }
  const model = pick(random, CHAT_MODELS);
  if (drawn < 0.32) return post(options, "/v1/chat/completions", JSON.stringify({ ...talk(), model }));
  const leavesAfter = drawn < 0.36 ? 1 + Math.floor(random() * 6) : Infinity;
  const body = { ...talk(), model, stream: true, stream_options: { include_usage: random() < 0.5 } };
  await stream(options, JSON.stringify(body), leavesAfter);
}

/** Returns a function that returns the body of the next question of a conversation, and begins another one at times. */
function createConversation(random: Random): () => object {
  let messages: object[] = [];
  return () => {
    if (messages.length === 0 || messages.length > 8 || random() < 0.2)
      messages = [{ role: "system", content: pick(random, PERSONAS) }];
    const isAnswered = messages.length > 1;
    if (isAnswered) messages.push({ role: "assistant", content: "So, the answer of before." });
    messages.push({ role: "user", content: pick(random, QUESTIONS) });
    return { model: "gpt-4o-mini", max_tokens: 40 + Math.floor(random() * 80), messages: [...messages] };
  };
}

function mistake(random: Random): string {
  const messages = [{ role: "user", content: "Hello" }];
  return pick(random, [
    JSON.stringify({ model: "gpt-17", messages }),
    '{"model": "gpt-4", "messages": [',
    JSON.stringify({ model: "gpt-4", messages: [] }),
    JSON.stringify({ model: "gpt-4", messages: [{ role: "user", content: "x".repeat(300_000) }] }),
  ]);
}

async function post(options: ClientOptions, path: string, body: string): Promise<void> {
  const response = await send(options, path, body);
  await response.arrayBuffer();
}

/** Sends a request, and waits as the answer tells if there is no room. */
async function send(
  options: ClientOptions,
  path: string,
  body: string,
  signal?: AbortSignal,
): Promise<Response> {
  const { origin, ledger, finishing, stopping } = options;
  const headers = { "content-type": "application/json" };
  const ended = signal ? AbortSignal.any([signal, stopping]) : stopping;
  const response = await fetch(origin + path, { method: "POST", headers, body, signal: ended }).catch(
    (error: unknown) => {
      if (!stopping.aborted) ledger.lost += 1;
      throw error;
    },
  );
  ledger.statuses[response.status] = (ledger.statuses[response.status] ?? 0) + 1;
  const seconds = Number(response.headers.get("retry-after") ?? 0);
  if (seconds > 0) await wait(seconds * 1_000, undefined, { signal: finishing }).catch(() => {});
  return response;
}

/** Reads a stream, to its end or for so many tokens. */
async function stream(options: ClientOptions, body: string, leavesAfter = Infinity): Promise<void> {
  const { streams } = options.ledger;
  const leaving = new AbortController();
  const response = await send(options, "/v1/chat/completions", body, leaving.signal);
  if (!response.ok || !response.body) return void (await response.arrayBuffer());
  let [text, events] = ["", 0];
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    const piece = decoder.decode(bytes, { stream: true });
    text = (text + piece).slice(-200);
    events += piece.split("\n\n").length - 1;
    if (events > leavesAfter) {
      streams.left += 1;
      leaving.abort();
      return;
    }
  }
  streams[text.includes("[DONE]") ? "completed" : "broken"] += 1;
}
