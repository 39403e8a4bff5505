import { objectName } from "../base/objectName.ts";
import { renderYaml } from "../base/yaml.ts";
import type { Board } from "../boards/board.ts";
import { renderClassic } from "./classic.ts";

/** The label by which Grafana's sidecar (github.com/kiwigrid/k8s-sidecar, as in Grafana's Helm chart) finds a ConfigMap. */
const SIDECAR_LABEL = "grafana_dashboard";

/** The annotation by which the sidecar chooses the folder. */
const FOLDER_ANNOTATION = "grafana_folder";

/**
 * Renders the boards as ConfigMaps of Kubernetes, one document for each, because a ConfigMap holds 1 MiB at most. The
 * sidecar of Grafana's Helm chart loads them.
 *
 * @param folder Grafana's folder, for a sidecar with `folderAnnotation: grafana_folder`.
 */
export function renderConfigMaps(boards: readonly Board[], app: string, folder: string): string {
  return boards
    .map((board) =>
      renderYaml({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: {
          name: `${objectName(app)}-${board.name}`,
          labels: { [SIDECAR_LABEL]: "1" },
          annotations: { [FOLDER_ANNOTATION]: folder },
        },
        data: { [`${app}-${board.name}.json`]: JSON.stringify(renderClassic(board)) },
      }),
    )
    .join("---\n");
}
