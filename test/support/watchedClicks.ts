import { expectSoon } from "./expectSoon.ts";

/**
 * A click is dead after two seconds without an effect. On a busy machine an effect may take longer, and on any machine two
 * seconds are a long time to wait for nothing. This code of a page, before its client, tells which clicks are watched; in a
 * patient page a watch ends by an effect alone.
 */
export const WATCHED_CLICKS = `{
  const { setTimeout, clearTimeout } = globalThis;
  globalThis.watched = new Set();
  globalThis.begun = 0;
  globalThis.setTimeout = (run, ms, ...rest) => {
    if (ms !== 2_000) return setTimeout(run, ms, ...rest);
    const id = setTimeout(run, globalThis.isPatient ? 2 ** 30 : ms);
    watched.add(id);
    begun += 1;
    return id;
  };
  globalThis.clearTimeout = (id) => { watched.delete(id); clearTimeout(id); };
}`;

/** Clicks in a page with `WATCHED_CLICKS`, and waits until the effect has ended the watch, if this click is watched. */
export async function clickWithEffect(
  run: (script: string) => Promise<unknown>,
  click: () => Promise<void>,
  isWatched: boolean,
): Promise<void> {
  await run("globalThis.isPatient = true");
  await run("addEventListener('click', () => { globalThis.isClicked = true; })");
  await click();
  // A document that is opened anew forgets its listeners, but not what they have begun.
  const state = (): Promise<unknown> => run("[globalThis.isClicked || begun > 0, begun, watched.size]");
  await expectSoon(state).toEqual([true, isWatched ? 1 : 0, 0]);
}
