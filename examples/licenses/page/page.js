// Plain JavaScript: /rum.js measures the page, and needs no build.
const find = (id) => document.getElementById(id);
const user = find("user");

async function ask(path, body) {
  const response = await fetch(path, {
    method: body ? "POST" : "GET",
    ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  return { isOk: response.ok, ...(await response.json()) };
}

function make(tag, text = "", className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}

function button(text, onClick) {
  const element = make("button", text);
  element.type = "button";
  element.addEventListener("click", () => void attempt(onClick));
  return element;
}

/** Does something that asks the server, and says so if it cannot be reached. */
async function attempt(act) {
  try {
    await act();
  } catch {
    say("The license server cannot be reached. Try again.", true);
  }
}

function say(text, isRefused = false) {
  find("answer").textContent = text;
  find("answer").className = isRefused ? "refused" : "";
}

/** The share of a pool that is lent, in two colors: within the contract, and beyond it. */
function drawBar({ total, borrowed, overage }) {
  const bar = make("div", "", "bar");
  for (const share of [borrowed - overage, overage]) {
    const part = document.createElement("i");
    part.style.width = `${(100 * share) / total}%`;
    bar.append(part);
  }
  return bar;
}

function drawPool(pool) {
  const row = document.createElement("tr");
  const name = make("td", pool.title);
  name.append(make("small", `${pool.total} in the pool, ${pool.commit} in the contract`));
  const use = document.createElement("td");
  use.append(drawBar(pool));
  const act = document.createElement("td");
  const borrow = button("Borrow", () => borrowOne(pool));
  borrow.setAttribute("aria-label", `Borrow ${pool.title}`);
  act.append(borrow);
  row.append(name, use);
  for (const number of [pool.borrowed, pool.available, pool.overage])
    row.append(make("td", number, "number"));
  row.append(act);
  return row;
}

function drawMine(borrow, titles) {
  const item = make("li", titles.get(borrow.tool) + (borrow.isOverage ? ", overage" : ""));
  item.append(button("Return", () => returnOne(borrow.id)));
  return item;
}

async function draw() {
  const [{ tools }, { borrows }] = await Promise.all([
    ask("licenses"),
    ask(`licenses/lent?user=${encodeURIComponent(user.value)}`),
  ]);
  const titles = new Map(tools.map(({ tool, title }) => [tool, title]));
  keepFocus(() => find("pools").replaceChildren(...tools.map(drawPool)));
  const mine = user.value.trim() === "" ? [] : borrows;
  find("mine").replaceChildren(
    ...(mine.length > 0 ? mine.map((borrow) => drawMine(borrow, titles)) : [make("li", "None yet.", "none")]),
  );
}

/** Runs what draws the buttons anew, and gives the one that has the focus its focus back. */
function keepFocus(redraw) {
  const label = document.activeElement?.getAttribute("aria-label");
  redraw();
  if (label) document.querySelector(`[aria-label="${CSS.escape(label)}"]`)?.focus();
}

async function borrowOne({ tool, title }) {
  const answer = await ask("licenses/borrow", { tool, user: user.value, client: "page" });
  if (!answer.isOk) say(`${title}: ${answer.error}`, true);
  else if (answer.isOverage)
    say(`${title} borrowed, beyond the contract: $${(answer.overagePrice / 100).toFixed(2)}.`);
  else say(`${title} borrowed.`);
  await draw();
}

async function returnOne(id) {
  const answer = await ask("licenses/return", { id });
  say(answer.isOk ? "Returned." : answer.error, !answer.isOk);
  await draw();
}

async function showForecast() {
  const { release } = await ask("version");
  if (release !== "2.1.0") return;
  find("forecast").hidden = false;
  const { days } = await ask("licenses/forecast");
  // The bug of 2.1.0: it takes every answer for a forecast.
  find("peak").textContent = days[0].peak;
}

user.addEventListener("change", () => void attempt(draw));
find("throw").addEventListener("click", () => {
  throw new TypeError("The button of the page that throws was clicked.");
});
async function fail() {
  await ask("faulty");
  say("/faulty answered 500.", true);
}
find("fail").addEventListener("click", () => void attempt(fail));
void attempt(draw);
setInterval(() => void attempt(draw), 5_000);
// Not caught, so that the bug of 2.1.0 is an error of the page.
void showForecast();
