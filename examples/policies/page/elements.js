/** Asks the server. Throws its sentence where it refuses. */
export async function ask(path, init) {
  const response = await fetch(path, init);
  const text = await response.text();
  const body = text === "" ? {} : JSON.parse(text);
  if (!response.ok)
    throw new Error(body.error?.message ?? body.error ?? `The server answered ${response.status}.`);
  return body;
}

export function post(path, body) {
  const headers = { "content-type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** The time of a day: `16:48:02`. */
export function clock(at) {
  return new Date(at).toLocaleTimeString("en-GB");
}

/** Creates an item of a list: a title, then a text. */
export function line(title, text) {
  const item = document.createElement("li");
  const head = document.createElement("b");
  head.textContent = title;
  item.append(head, ` ${text}`);
  return item;
}

/** The content of each list, as text. */
const shown = new WeakMap();

/** Replaces the items of a list if they changed, so that a button stays the same under the pointer. */
export function fill(list, items, empty) {
  const text = items.map(({ textContent }) => textContent).join("\n");
  if (shown.get(list) === text && list.children.length > 0) return;
  shown.set(list, text);
  if (items.length > 0 || empty === undefined) return list.replaceChildren(...items);
  const item = document.createElement("li");
  item.className = "quiet";
  item.textContent = empty;
  list.replaceChildren(item);
}
