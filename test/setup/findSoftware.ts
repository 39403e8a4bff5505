/** Browsers and servers by PATH, so that one test file runs without `npm test`, which installs them. */
import { findSoftware } from "../../scripts/systemSoftware.ts";

findSoftware();
