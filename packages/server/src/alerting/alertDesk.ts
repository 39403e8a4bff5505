import type { Actions } from "../actions/actions.ts";
import type { Moment } from "../alerts/alert.ts";
import type { Notices } from "../notices/createNotices.ts";
import { NoticeRequestError } from "../notices/silences.ts";
import type { AlertDesk, Author } from "./alertRoutes.ts";
import type { LiveAlertView } from "./liveAlerts.ts";

export interface AlertDeskOptions {
  readonly view: LiveAlertView;
  readonly notices: Notices;
  readonly actions: Actions;
  readonly now: () => Moment;
}

/** Does what people and agents ask for. */
export function createAlertDesk({ view, notices, actions, now }: AlertDeskOptions): AlertDesk {
  const decision = ({ by, token, why }: Author) => ({ by, token, why, at: now() });
  return {
    read: view.read,
    acknowledge: (episode, { by, why }) =>
      attempt(() => notices.acknowledgements.acknowledge(episode, by, why)),
    silence: ({ matchers, endsAt }, { by, why }) =>
      attempt(() => notices.silences.create({ matchers, endsAt, by, why })),
    endSilence: (id, { by, why }) => attempt(() => notices.silences.end(id, by, why)),
    approve: (id, author) => actions.approve(id, decision(author)),
    reject: (id, author) => actions.reject(id, decision(author)),
    test: (receiver, { by }) => attempt(() => notices.test(receiver, by)),
    outcomeOf: notices.outcomeOf,
  };
}

/** Returns the result, or the reason why it cannot be done. */
async function attempt<Result>(act: () => Promise<Result>): Promise<Result | NoticeRequestError> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof NoticeRequestError) return error;
    throw error;
  }
}
