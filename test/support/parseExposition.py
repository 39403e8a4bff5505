"""Reads an exposition by the strict parsers of Prometheus' client for Python; fails where one refuses it.

Prints the names of the families, and how many samples there are.
"""

import json
import sys

from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics

parsers = {
    "text": parser.text_string_to_metric_families,
    "openmetrics": openmetrics.text_string_to_metric_families,
}
families = list(parsers[sys.argv[1]](sys.stdin.buffer.read().decode()))
samples = [[s.name, s.labels] for family in families for s in family.samples]
exemplars = sum(1 for family in families for s in family.samples if s.exemplar)
print(json.dumps({"families": [f.name for f in families], "samples": len(samples), "exemplars": exemplars}))
