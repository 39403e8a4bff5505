/** The `data-rum` name of the first element of a path that has one. The path leads out of open shadow roots. */
function declaredName(path: readonly EventTarget[]): string | undefined {
  for (const target of path) {
    const name = (target as Partial<Element>).getAttribute?.("data-rum");
    if (name) return name;
  }
  return undefined;
}

/**
 * The name of what was clicked: declared, else `tag:` with the role or tag of the closest link, button or
 * element with a role, or of the element itself. Neither text nor value nor id of an element is ever read.
 */
export function clickName(event: Event): string {
  const path = event.composedPath() as Element[];
  const element = path[0]!.closest("a,button,[role]") ?? path[0]!;
  return declaredName(path) ?? `tag:${element.role || element.localName}`;
}
