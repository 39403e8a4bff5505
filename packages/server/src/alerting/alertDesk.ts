import type { Actions } from "../actions/actions.ts";
import type { Moment } from "../alerts/alert.ts";
import { collectorCounter } from "../metrics/describeFamily.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { Notices } from "../notices/createNotices.ts";
import { NoticeRequestError } from "../notices/silences.ts";
import type { AlertValuesOf } from "./alertValues.ts";
import type { AlertDesk, Author } from "./alertRoutes.ts";
import type { LiveAlertView } from "./liveAlerts.ts";

export interface AlertDeskOptions {
  readonly view: LiveAlertView;
  readonly valuesOf: AlertValuesOf;
  readonly notices: Notices;
  readonly actions: Actions;
  readonly now: () => Moment;
  readonly record: RecordSample;
}

/** Counts decisions that the journal refused. */
const NOT_KEPT = "rum_alert_decisions_not_kept_total";

/** Describes the metrics of decisions. */
export function describeDecisionMetrics(): MetricDescriptor[] {
  const help =
    "Acknowledgements, silences, approvals and tests of receivers that were refused with 503, because the journal could not keep them.";
  return [collectorCounter(NOT_KEPT, help)];
}

/** Does what people and agents ask for. */
export function createAlertDesk({
  view,
  valuesOf,
  notices,
  actions,
  now,
  record,
}: AlertDeskOptions): AlertDesk {
  const counted = async <Outcome>(outcome: Promise<Outcome>): Promise<Outcome> => {
    const found = await outcome;
    if (found === "not_kept" || (found instanceof NoticeRequestError && found.code === "not_kept"))
      record({ metric: NOT_KEPT, labels: {}, value: 1 });
    return found;
  };
  const decision = ({ by, token, why }: Author) => ({ by, token, why, at: now() });
  return {
    read: view.read,
    valuesOf,
    acknowledge: (episode, { by, why }) =>
      counted(attempt(() => notices.acknowledgements.acknowledge(episode, by, why))),
    silence: ({ matchers, endsAt }, { by, why }) =>
      counted(attempt(() => notices.silences.create({ matchers, endsAt, by, why }))),
    endSilence: (id, { by, why }) => counted(attempt(() => notices.silences.end(id, by, why))),
    approve: (id, author) => counted(actions.approve(id, decision(author))),
    reject: (id, author) => counted(actions.reject(id, decision(author))),
    test: (receiver, { by }) => counted(attempt(() => notices.test(receiver, by))),
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
