import { backend } from "./backend.ts";
import type { BoardSpec } from "./boardSpec.ts";
import { business } from "./business.ts";
import { collector } from "./collector.ts";
import { database } from "./database.ts";
import { errors } from "./errors.ts";
import { jobs } from "./jobs.ts";
import { objectives } from "./objectives.ts";
import { overview } from "./overview.ts";
import { pageApi } from "./pageApi.ts";
import { pageExperience } from "./pageExperience.ts";
import { streams } from "./streams.ts";

/** Every board, in the order in which people look. A new one is a file in this folder and a line here. */
export const BOARDS: readonly BoardSpec[] = [
  overview,
  business,
  pageExperience,
  errors,
  pageApi,
  backend,
  database,
  jobs,
  streams,
  collector,
  objectives,
];
