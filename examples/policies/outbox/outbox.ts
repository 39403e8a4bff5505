/** The services that notices go to. */
export type Channel = "mail" | "slack" | "sms";

export interface Message {
  readonly channel: Channel;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** The messages that were sent to the outbox in place of a service. */
export interface Outbox {
  readonly put: (channel: Channel, text: string) => void;
  /** Newest first. */
  readonly messages: () => readonly Message[];
}

const MAX_MESSAGES = 100;

const MAX_CHARACTERS = 1_000;

export function createOutbox(now: () => number = Date.now): Outbox {
  const messages: Message[] = [];
  return {
    put: (channel, text) => {
      messages.unshift({ channel, at: now(), text: text.slice(0, MAX_CHARACTERS) });
      messages.length = Math.min(messages.length, MAX_MESSAGES);
    },
    messages: () => messages,
  };
}
