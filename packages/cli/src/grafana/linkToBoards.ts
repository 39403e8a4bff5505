import type { Board } from "../boards/board.ts";

/** The menu at the top of a board that leads to the others, the same in both formats. */
export function linkToBoards({ linkTags }: Board) {
  return {
    title: "Boards",
    type: "dashboards",
    icon: "external link",
    tooltip: "The other boards, with the same time and choices",
    tags: linkTags,
    asDropdown: true,
    targetBlank: false,
    includeVars: true,
    keepTime: true,
  } as const;
}
