/** Milliseconds between two pings: proxies close connections that are silent for a minute. */
const PING_MS = 30_000;

/** Milliseconds before a lost connection is opened again: each time twice as long. */
const RETRY_MS = { first: 500, most: 15_000 };

/**
 * Opens the stream of metrics, and again after it was lost: it continues after the last message.
 *
 * @param options `readFilters` returns the filters of a subscription; `onState` gets a text and whether the connection is
 *   open or will be; `onMessage` gets each message.
 */
export function openStream({ readFilters, onState, onMessage }) {
  let socket;
  let retryMs = RETRY_MS.first;
  let timer;
  let lastId;
  let subscribed = false;

  const send = (message) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };

  const subscribe = () => {
    // Filters add up, so the earlier ones are taken back first.
    send({ type: "unsubscribe" });
    send({ type: "subscribe", filters: readFilters(), ...(!subscribed && lastId && { last_id: lastId }) });
    subscribed = true;
  };

  const open = () => {
    clearTimeout(timer);
    const { protocol, host } = location;
    const opened = new WebSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}/metrics/stream`);
    socket = opened;
    subscribed = false;
    onState("Connecting", true);
    const pings = setInterval(() => send({ type: "ping" }), PING_MS);
    opened.addEventListener("open", () => {
      retryMs = RETRY_MS.first;
      onState("Connected", true);
      subscribe();
    });
    opened.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data);
      lastId = message.id;
      onMessage(message);
    });
    opened.addEventListener("close", () => {
      clearInterval(pings);
      if (socket !== opened) return;
      onState(`Connection lost, again in ${retryMs / 1_000} s`, true);
      timer = setTimeout(open, retryMs);
      retryMs = Math.min(retryMs * 2, RETRY_MS.most);
    });
  };

  const close = () => {
    clearTimeout(timer);
    const closing = socket;
    socket = undefined;
    lastId = undefined;
    closing.close();
    onState("Not connected", false);
  };

  return { subscribe, toggle: () => (socket ? close() : open()) };
}
