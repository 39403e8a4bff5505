import { MAX_NAME } from "@rumkit/protocol";

/** The value itself if it is a finite number: JSON carries neither NaN nor infinity. Throws otherwise. */
export function requireNumber(value: unknown): number {
  if (Number.isFinite(value)) return value as number;
  throw new TypeError();
}

/** The text, cut to the length of a name. Throws for what is no text, and for an empty one. */
export function requireText(text: unknown): string {
  if (typeof text === "string" && text) return text.slice(0, MAX_NAME);
  throw new TypeError();
}
