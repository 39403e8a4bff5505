import type { ChatMessage } from "./readChat.ts";

/** Cuts a text into tokens: words of up to eight characters with the blank before them, and longer ones in pieces. */
export function tokenize(text: string): string[] {
  return text.match(/\s?\S{1,8}|\s/g) ?? [];
}

/** The tokens of a conversation, as a model reads it: each message after a token that says whose it is. */
export function tokenizeChat(messages: readonly ChatMessage[]): string[] {
  return messages.flatMap(({ role, text }) => [`<${role}>`, ...tokenize(text)]);
}
