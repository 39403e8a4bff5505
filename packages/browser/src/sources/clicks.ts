import type { Source } from "../contract/source.ts";
import { onUserClick } from "./userClicks.ts";

/**
 * Counts clicks by the `data-rum` name of the clicked element or its closest named ancestor, otherwise by role or tag.
 */
export const clicks = (): Source => (page) =>
  onUserClick(page, (name) => page.record({ type: "click", name }));
