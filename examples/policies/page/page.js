import { askAudit } from "./audit.js";
import { ask, clock, fill, line, post } from "./elements.js";

/** Milliseconds between two looks at the rule, the alerts and the outbox. */
const EVERY_MS = 1_000;

const find = (id) => document.getElementById(id);

find("lookup").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { id, region } = event.target.elements;
  const start = performance.now();
  try {
    const answer = await ask(`/policies/${encodeURIComponent(id.value)}?region=${region.value}`);
    const took = Math.round(performance.now() - start);
    find("answer").textContent =
      `${answer.title}: ${answer.outcome}, by rule ${answer.rule} in the ${answer.region}, after ${took} ms`;
  } catch (error) {
    find("answer").textContent = error.message;
  }
});

find("deploy").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const { current } = await post("/rules", Object.fromEntries(new FormData(event.target)));
    find("deployed").textContent = `Rule ${current} is deployed.`;
    await look();
  } catch (error) {
    find("deployed").textContent = error.message;
  }
});

find("audit").addEventListener("submit", (event) => {
  event.preventDefault();
  void askAudit();
});

async function look() {
  try {
    const [rules, { messages }, state] = await Promise.all([
      ask("/rules"),
      ask("/outbox"),
      ask("/api/rumkit/alerts"),
    ]);
    showRules(rules);
    fill(
      find("outbox"),
      messages.map(({ channel, at, text }) => line(`${clock(at)} ${channel}`, text)),
      "No notice yet.",
    );
    showAlerts(state);
  } catch {
    find("state").textContent = "The server cannot be reached. Asking again …";
  }
}

function showRules({ current, versions, history }) {
  find("rule").textContent = current;
  const select = find("deploy").elements.version;
  if (select.length === 0) for (const version of versions) select.append(new Option(version, version));
  fill(
    find("history"),
    history.slice(0, 5).map(({ version, at, by, why }) => line(`${clock(at)} ${version}`, `${by}: ${why}`)),
  );
}

function showAlerts({ alerts, actions }) {
  const firing = alerts.filter(({ state }) => state === "firing");
  find("state").textContent =
    firing.length === 0
      ? "No alert fires"
      : `${firing.length} ${firing.length === 1 ? "alert fires" : "alerts fire"}`;
  find("state").classList.toggle("bad", firing.length > 0);
  fill(
    find("alerts"),
    alerts.map(({ name, state, summary }) => line(`${name} (${state})`, summary)),
    "No alert.",
  );
  fill(find("actions"), actions.slice(0, 5).map(actionLine), "No action was asked for.");
}

/** Describes an action, with a button as long as it waits for a person. */
function actionLine({ id, name, alert, state, approvedBy, helped }) {
  const verdict = helped === null ? "" : helped ? ", and it helped" : ", and it did not help";
  const people = approvedBy.length > 0 ? `, approved by ${approvedBy.join(", ")}` : "";
  const item = line(name, `for ${alert}: ${state.replaceAll("_", " ")}${people}${verdict}`);
  if (state !== "awaiting_approval") return item;
  const button = document.createElement("button");
  button.textContent = "Approve";
  button.addEventListener("click", async () => {
    const { value: by } = find("deploy").elements.by;
    try {
      await post(`/api/rumkit/actions/${encodeURIComponent(id)}/approve`, {
        by,
        why: "Approved on the page.",
      });
    } catch (error) {
      find("state").textContent = error.message;
    }
  });
  item.append(" ", button);
  return item;
}

const { policies } = await ask("/policies").catch(() => ({ policies: [] }));
for (const { id, title } of policies) find("lookup").elements.id.append(new Option(`${id}  ${title}`, id));
void askAudit();
for (;;) {
  await look();
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
}
