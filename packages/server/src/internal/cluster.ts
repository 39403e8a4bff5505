/** For the command `rumkit cluster`: who counts which partition of a log. Not public. */
export { writeAssignment } from "../cluster/assignment.ts";
export { type ClusterRecords, clusterRecords, WANTED } from "../cluster/clusterRecords.ts";
export { takeOver } from "../cluster/takeOver.ts";
