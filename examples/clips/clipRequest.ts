/** A part of a video that a visitor asks for. */
export interface ClipRequest {
  /** An http or https address without a password. */
  readonly url: string;
  /** Seconds from the start of the video. */
  readonly start: number;
  /** Seconds from the start of the video, after `start`. */
  readonly end: number;
}

const MAX_URL = 2_048;

/** Seconds: a day. No video is longer. */
const MAX_SECONDS = 86_400;

/** Seconds: a longer clip would hold a worker for too long. */
const MAX_CLIP_SECONDS = 180;

/** Reads a parsed body. Returns the request, or a sentence that says what is wrong with it. */
export function readClipRequest(body: unknown): ClipRequest | string {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return 'Send a JSON object: {"url": "https://…", "start": 10, "end": 25}.';
  const { url, start, end } = body as Record<string, unknown>;
  if (typeof url !== "string" || url.length > MAX_URL || !isWebAddress(url))
    return `url must be an http or https address of at most ${MAX_URL} characters, without a password.`;
  if (!isSecond(start)) return `start must be a number of seconds from 0 to ${MAX_SECONDS}.`;
  if (!isSecond(end)) return `end must be a number of seconds from 0 to ${MAX_SECONDS}.`;
  if (end <= start) return "end must be after start.";
  if (end - start > MAX_CLIP_SECONDS) return `A clip has at most ${MAX_CLIP_SECONDS} seconds.`;
  return { url, start, end };
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

function isSecond(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= MAX_SECONDS;
}
