import { setTimeout as wait } from "node:timers/promises";
import type { ClipRequest } from "./clipRequest.ts";

/** Seconds of work for a second of the clip, and for each clip: about what a download and FFmpeg take. */
const WORK_PER_SECOND = 0.1;
const WORK_PER_CLIP = 0.2;

/**
 * Stands in for the download and FFmpeg. Rejects for a video that does not exist (`/missing` in its path), and for one that
 * cannot be decoded (`/broken`, after half of the work).
 */
export async function cutClip({ url, start, end }: ClipRequest): Promise<void> {
  const { pathname } = new URL(url);
  const work = (WORK_PER_CLIP + (end - start) * WORK_PER_SECOND) * 1_000;
  if (pathname.includes("/missing")) {
    await wait(WORK_PER_CLIP * 1_000);
    throw new Error("The video is not available.");
  }
  const isBroken = pathname.includes("/broken");
  await wait(isBroken ? work / 2 : work);
  if (isBroken) throw new Error("The video cannot be decoded.");
}
