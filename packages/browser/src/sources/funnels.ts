import { createRouteMatcher, type FunnelSteps, type PageEvent } from "@rumkit/protocol";
import { stringify } from "../base/stringify.ts";
import type { Source } from "../contract/source.ts";

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
  let steps = given;
  let matchRoute = given && createRouteMatcher(given.routes);
  /** Progress in memory, used if storage is denied. */
  let remembered: readonly [session: string, places: Places] | undefined;
  return (page) => {
    let waiting: PageEvent[] = [];
    let asked: Promise<void> | undefined;
    const { url, credentials } = page.options;
    const key = `rumkit.funnels.${url}`;

    const restorePlaces = (session: string): Places => {
      access(() => {
        remembered = JSON.parse(sessionStorage[key] ?? null) ?? remembered;
      });
      return Array.isArray(remembered) && remembered[0] === session ? { ...remembered[1] } : {};
    };

    const decide = (): void => {
      const { id } = page.session();
      if (!steps || !matchRoute || !id) return;
      const places = restorePlaces(id);
      const names = waiting.map((event) => stepName(event, matchRoute!));
      waiting = [];
      for (const [funnel, wanted] of Object.entries(steps.funnels)) {
        for (const name of names) {
          if (name !== wanted[places[funnel] ?? 0]) continue;
          places[funnel] = (places[funnel] ?? 0) + 1;
          remembered = [id, { ...places }];
          access(() => {
            sessionStorage[key] = stringify(remembered);
          });
          page.record({ type: "funnel_step", name: funnel, step: places[funnel] });
        }
      }
    };

    page.hooks.events.push((event) => {
      if (!/^(page_view|action|conversion|feature)$/.test(event.type)) return;
      if (waiting.length < MAX_WAITING) waiting.push({ ...event });
      // Not earlier, because a request would delay the first paint. The path goes before the query with the write key.
      if (!steps) asked ??= ask(url.replace(/(?=\?|$)/, "/funnels"), credentials).then(learn);
      decide();
    });
    page.hooks.flushes.push((isDenied) => {
      if (isDenied) access(() => delete sessionStorage[key]);
    });
    const learn = page.guard((answer: FunnelSteps | undefined) => {
      if (!answer) return;
      matchRoute = createRouteMatcher(answer.routes);
      steps = answer;
      decide();
    });
  };
};

const stepName = (event: PageEvent, matchRoute: (path: string) => string): string => {
  return `${event.type}:${event.type === "page_view" ? matchRoute(event.route!) : (event as { name: string }).name}`;
};

/** Requests the steps. Resolves to undefined if the response has no steps; then no step is counted. */
const ask = async (
  url: string,
  credentials: RequestCredentials | undefined,
): Promise<FunnelSteps | undefined> => {
  const response = await fetch(url, { credentials: credentials! }).catch(() => undefined);
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
