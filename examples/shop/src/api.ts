import { useEffect, useState } from "react";

export interface Answer<T> {
  /** The answer's body; undefined before it is there, and where the request failed. */
  value?: T;
  /** The error, as a sentence for the visitor. */
  error?: string;
}

/** Reads a path of the shop's API, again whenever the path changes. */
export function useAnswer<T>(path: string): Answer<T> {
  const [latest, setLatest] = useState<{ path: string; answer: Answer<T> }>();
  useEffect(() => {
    const left = new AbortController();
    void request<T>(path, { signal: left.signal }).then((answer) => {
      if (!left.signal.aborted) setLatest({ path, answer });
    });
    return () => left.abort();
  }, [path]);
  return latest?.path === path ? latest.answer : {};
}

/** Sends JSON to a path of the shop's API. Never rejects: what went wrong is in `error`. */
export function post<T>(path: string, body: unknown): Promise<Answer<T>> {
  return request<T>(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Reads a path of the shop's API. Never rejects: what went wrong is in `error`. */
export async function request<T>(path: string, init?: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(path, init);
    const body: T & { error?: string } = await response.json();
    return response.ok ? { value: body } : { error: body.error ?? `The shop answered ${response.status}.` };
  } catch {
    return { error: "The shop does not answer. Try again in a moment." };
  }
}
