import { type Check, list, object, oneOf, required } from "../base/shape.ts";
import type { Receiver } from "../notices/receiver.ts";
import { headerFault, type OptionChecks, secretThat } from "./optionChecks.ts";
import { outcomeOf } from "./outcomes.ts";
import type { WebhookOptions } from "./receiverOptions.ts";
import type { ReceiverParts } from "./receiverParts.ts";
import { createWebhookSigner, signingKeyFault } from "./signWebhook.ts";
import { renderWebhookBody } from "./webhookBody.ts";

/** Checks the options of a webhook. */
export function checkWebhook({ secretUrl }: OptionChecks): Check {
  return object(
    {
      type: oneOf(["webhook"]),
      url: required(secretUrl, 'the address, e.g. { env: "WEBHOOK_URL" }'),
      secrets: list(secretThat(signingKeyFault), { example: '[{ env: "WEBHOOK_KEY" }]', least: 1 }),
      authorization: secretThat(headerFault),
    },
    { example: '{ type: "webhook", url: { env: "WEBHOOK_URL" } }' },
  );
}

/** The body of Alertmanager's webhook, signed as Standard Webhooks. */
export function createWebhook(name: string, options: WebhookOptions, parts: ReceiverParts): Receiver {
  const url = parts.read(options.url);
  const sign = createWebhookSigner((options.secrets ?? []).map(parts.read));
  const authorization = options.authorization && parts.read(options.authorization);
  return {
    name,
    type: "webhook",
    render: (notice) => renderWebhookBody(name, notice),
    send: async ({ id, body }) => {
      const answer = await parts.post({
        url: url.reveal(),
        body,
        headers: {
          "content-type": "application/json",
          ...(authorization && { authorization: authorization.reveal() }),
          ...sign(id, parts.now(), body),
        },
      });
      return outcomeOf(answer, parts.now());
    },
  };
}
