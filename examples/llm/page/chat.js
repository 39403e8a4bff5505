const form = document.querySelector("#chat");
const answer = document.querySelector("#answer");
const usage = document.querySelector("#usage");
const stop = document.querySelector("#stop");

/** Lets the visitor ask a question, and streams the answer. */
export function startChat() {
  let asking;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    stop.disabled = false;
    answer.textContent = "";
    answer.setAttribute("aria-busy", "true");
    usage.textContent = "";
    try {
      await ask(mine.signal);
    } catch (error) {
      usage.textContent = mine.signal.aborted ? "Stopped." : `Failed: ${error.message}`;
    } finally {
      if (asking === mine) {
        stop.disabled = true;
        answer.setAttribute("aria-busy", "false");
      }
    }
  });
  stop.addEventListener("click", () => asking?.abort());
}

async function ask(signal) {
  const { model, question } = Object.fromEntries(new FormData(form));
  const startedAt = performance.now();
  const response = await fetch("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model,
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: "system", content: "You are the assistant of a page that shows how metrics are streamed." },
        { role: "user", content: question },
      ],
    }),
    signal,
  });
  if (!response.ok) throw new Error((await response.json()).error.message);
  let firstAt;
  for await (const event of eventsOf(response)) {
    if (event.error) throw new Error(event.error.message);
    const text = event.choices[0]?.delta.content ?? "";
    if (text !== "") firstAt ??= performance.now();
    answer.textContent += text;
    if (event.usage) {
      showUsage(event.usage, startedAt, firstAt ?? performance.now());
      usage.textContent += `, ${await priceOf(model, event.usage)}`;
    }
  }
}

/** Returns what the tokens cost, by the model's prices for a million. */
async function priceOf(
  model,
  { prompt_tokens: read, completion_tokens: written, prompt_tokens_details: details },
) {
  const { models } = await (await fetch("/metrics/costs")).json();
  const prices = models.find((each) => each.model === model).usd_per_million_tokens;
  const cached = details.cached_tokens;
  const millionths = (read - cached) * prices.prompt + cached * prices.cached + written * prices.completion;
  return `$${(millionths / 1_000_000).toFixed(6)}`;
}

/** Reads server-sent events up to `[DONE]`. A piece of the network may end in the middle of one. */
async function* eventsOf(response) {
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error("The answer broke off.");
    text += decoder.decode(value, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const line = block.slice("data: ".length);
      if (line === "[DONE]") return;
      yield JSON.parse(line);
    }
  }
}

function showUsage(tokens, startedAt, firstAt) {
  const seconds = (performance.now() - firstAt) / 1_000;
  const perSecond = seconds > 0 ? Math.round(tokens.completion_tokens / seconds) : 0;
  const { cached_tokens: cached } = tokens.prompt_tokens_details;
  usage.textContent =
    `${tokens.prompt_tokens} tokens of the prompt (${cached} cached), ${tokens.completion_tokens} of the answer; ` +
    `first token after ${Math.round(firstAt - startedAt)} ms, ${perSecond} tokens per second`;
}
