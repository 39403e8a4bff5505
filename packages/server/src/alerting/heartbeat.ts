import { secondsOf } from "../catalog/alertDefaults.ts";
import type { Heartbeat } from "../notices/heartbeat.ts";
import type { NoticeOptions } from "../notices/noticeOptions.ts";
import { outcomeOf } from "../receivers/outcomes.ts";
import type { ReceiverContext } from "../receivers/receiverContext.ts";
import { createReceiverParts } from "../receivers/receiverParts.ts";

/** Creates the heartbeat of options that were checked. It is a `POST` without content. */
export function createHeartbeatOf(
  { url, every = "1m" }: NonNullable<NoticeOptions["heartbeat"]>,
  context: ReceiverContext,
): Heartbeat {
  const { read, post, now } = createReceiverParts(context);
  const address = read(url);
  return {
    everyMs: secondsOf(every) * 1_000,
    send: async () => outcomeOf(await post({ url: address.reveal(), body: "", headers: {} }), now()),
  };
}
