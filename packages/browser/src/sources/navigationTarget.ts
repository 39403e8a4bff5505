interface NavigationWindow {
  readonly navigation?: EventTarget & { readonly currentEntry?: unknown };
}

/**
 * Returns the target of `currententrychange`: the Navigation API, or the window, where `historyPaths` fires it. The API
 * has no current entry in a document with an opaque origin, where it fires nothing. In its place a page can have a
 * variable, or an element with the id `navigation`.
 */
export const navigationTarget = (): EventTarget =>
  (window as NavigationWindow).navigation?.currentEntry ? (window as NavigationWindow).navigation! : window;
