/** The token lives as long as its tab: a closed tab forgets it, and no other tab or site gets it. */
const STORAGE_KEY = "rumkit.token";

/** The secret that opens the live stream, where the collector asks for one. */
export interface LiveToken {
  /** Undefined where none is known. */
  get: () => string | undefined;
  set: (token: string) => void;
  /** Calls `onGiven` after an address with a token was put into this tab, and the token has been taken. */
  listen: (onGiven: () => void) => void;
}

/**
 * Takes the token from the fragment, `/realtime#token=…`, which no browser sends to any server, and out of the
 * address, where it would be seen and bookmarked.
 */
export function createLiveToken(window: Window): LiveToken {
  const { location, history, sessionStorage } = window;
  const take = (): boolean => {
    const given = new URLSearchParams(location.hash.slice(1)).get("token");
    if (!given) return false;
    sessionStorage.setItem(STORAGE_KEY, given);
    history.replaceState(history.state, "", location.pathname + location.search);
    return true;
  };
  take();
  return {
    get: () => sessionStorage.getItem(STORAGE_KEY) ?? undefined,
    set: (token) => sessionStorage.setItem(STORAGE_KEY, token),
    // An address that differs by its fragment loads no page.
    listen: (onGiven) =>
      window.addEventListener("hashchange", () => {
        if (take()) onGiven();
      }),
  };
}
