import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The folders of uBlock Origin, which `npm test` installs and finds; undefined where it is not there. */
const chromiumFolder = process.env["UBLOCK_CHROMIUM_PATH"];
const firefoxFolder = process.env["UBLOCK_FIREFOX_PATH"];

/** True if both are installed. */
export const hasBlockers = chromiumFolder !== undefined && firefoxFolder !== undefined;

/** The folder of the extension for Firefox. */
export function firefoxExtension(): string {
  return firefoxFolder!;
}

/** EasyPrivacy, the list of trackers that uBlock Origin has on by default, as the package ships it. */
export function readEasyPrivacy(): string {
  return readFileSync(join(chromiumFolder!, "assets/thirdparties/easylist/easyprivacy.txt"), "utf8");
}
