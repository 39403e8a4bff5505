/** Key in `sessionStorage`: the token lives as long as its tab, and no other tab or site gets it. */
const STORAGE_KEY = "rumkit.token";

/** The access token of the live stream, for collectors that require one. */
export interface LiveToken {
  /** Returns the token, or undefined if there is none. */
  get: () => string | undefined;
  set: (token: string) => void;
  /** Calls `onGiven` after a URL with a token was opened in this tab and the token was read. */
  listen: (onGiven: () => void) => void;
}

/**
 * Reads the token from the fragment, `/realtime#token=…`, which browsers never send to a server. Then removes it from the
 * URL, where it would be visible and bookmarked.
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
    // A URL that differs only in its fragment loads no page.
    listen: (onGiven) =>
      window.addEventListener("hashchange", () => {
        if (take()) onGiven();
      }),
  };
}
