import { createRouteMatcher, type FunnelSteps, type PageEvent } from "@rumkit/protocol";
import { stringify } from "../base/stringify.ts";
import type { PageOptions, Source } from "../contract/source.ts";

/** Most events that wait for the steps or for a session. */
const MAX_WAITING = 100;

/**
 * Counts each session once per step of each funnel, in order: a step counts at its first event after the previous step.
 * The session's progress is kept across pages of the tab.
 *
 * `given` holds the steps, inlined by a build. Without it, they are requested from the collector
 * (`GET /collect/funnels`).
 */
export const funnels = (given?: FunnelSteps): Source => {
  let steps = given && readSteps(given);
  /** Progress in memory, used if storage is denied. */
  let remembered: readonly [session: string, places: Places] | undefined;
  return (page) => {
    const waiting: PageEvent[] = [];
    let asked: Promise<void> | undefined;
    const key = `rumkit.funnels.${page.options.url}`;

    const decide = (): void => {
      const { id } = page.session();
      if (!steps || !id) return;
      const [wanted, nameOf] = steps;
      access(() => (remembered = JSON.parse(sessionStorage[key] ?? null) ?? remembered));
      const places = Array.isArray(remembered) && remembered[0] === id ? { ...remembered[1] } : {};
      const passed = passSteps(places, wanted, waiting.splice(0).map(nameOf));
      if (passed[0]) {
        remembered = [id, places];
        access(() => (sessionStorage[key] = stringify(remembered)));
      }
      for (const [name, step] of passed) page.record({ type: "funnel_step", name, step });
    };

    page.hooks.events.push((event) => {
      if (!/^(page_view|action|conversion|feature)$/.test(event.type)) return;
      if (waiting.length < MAX_WAITING) waiting.push({ ...event });
      // Not earlier, because a request would delay the first paint.
      if (!steps) asked ??= ask(page.options).then(learn);
      decide();
    });
    page.hooks.flushes.push((isDenied) => {
      if (isDenied) access(() => delete sessionStorage[key]);
    });
    const learn = page.guard((answer: FunnelSteps | undefined) => {
      steps = answer && readSteps(answer);
      decide();
    });
  };
};

/** Moves a session forward by the steps that it passed, and returns them by funnel, in order. */
const passSteps = (
  places: Places,
  steps: FunnelSteps["funnels"],
  names: readonly string[],
): [funnel: string, step: number][] => {
  const passed: [string, number][] = [];
  for (const [funnel, wanted] of Object.entries(steps))
    for (const name of names)
      if (name === wanted[places[funnel] ?? 0])
        passed.push([funnel, (places[funnel] = (places[funnel] ?? 0) + 1)]);
  return passed;
};

/** Returns the funnels, and a function that names an event as their steps do. */
const readSteps = (steps: FunnelSteps): [FunnelSteps["funnels"], (event: PageEvent) => string] => {
  const matchRoute = createRouteMatcher(steps.routes);
  return [
    steps.funnels,
    (event) =>
      `${event.type}:${event.type === "page_view" ? matchRoute(event.route!) : (event as { name: string }).name}`,
  ];
};

/** Requests the steps. Resolves to undefined if the response has no steps; then no step is counted. */
const ask = async ({ url, credentials }: PageOptions): Promise<FunnelSteps | undefined> => {
  // The path goes before the query with the write key.
  const steps = url.replace(/(?=\?|$)/, "/funnels");
  const response = await fetch(steps, { credentials: credentials! }).catch(() => undefined);
  if (!response?.ok) return undefined;
  const answer = (await response.json().catch(() => undefined)) as Partial<FunnelSteps> | undefined;
  return answer?.routes && answer.funnels ? (answer as FunnelSteps) : undefined;
};

/** Number of steps that a session has passed, by funnel. */
type Places = Record<string, number>;

/** Calls a function and ignores its exceptions: storage can be denied or full, or contain text of another script. */
const access = (use: () => void): void => {
  try {
    use();
  } catch {
    // Storage is denied, full or invalid.
  }
};
