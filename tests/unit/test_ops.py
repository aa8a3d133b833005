"""Dashboards and alerts of ops/ name nothing that is not written, and the docs have it all in a table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.metrics import METRICS
from tests.log_lines import LINES

ROOT = Path(__file__).parents[2]
OPS = ROOT / "ops"
DOCS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
GRAFANA: dict[str, Any] = json.loads((OPS / "grafana-dashboard.json").read_text(encoding="utf-8"))
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((OPS / "prometheus-rules.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
LABELS = {
    "certdeploy_jobs": {"status"},
    "certdeploy_deployments_total": {"product", "status"},
    "certdeploy_deployment_seconds": {"product"},
}


def sls_queries() -> Iterator[tuple[str, str]]:
    """By the name of what asks."""
    for chart in json.loads((OPS / "sls-dashboard.json").read_text(encoding="utf-8"))["charts"]:
        yield chart["title"], chart["search"]["query"]
    for alert in json.loads((OPS / "sls-alerts.json").read_text(encoding="utf-8"))["alerts"]:
        for asked in alert["configuration"]["queryList"]:
            yield alert["name"], asked["query"]


EXPRESSIONS = {
    **{
        f"panel {one['title']} {target['refId']}": target["expr"]
        for one in GRAFANA["panels"]
        for target in one["targets"]
    },
    **{f"rule {rule['alert']}": rule["expr"] for rule in RULES},
}


def base_of(name: str) -> str:
    """Of a summary's parts, the summary."""
    return name if name in METRICS else name.rpartition("_")[0]


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_what_prometheus_is_asked_for_is_written(expression: str) -> None:
    names = re.findall(r"certdeploy_\w+", expression)

    assert names
    for name in names:
        assert base_of(name) in METRICS
        kind = METRICS[base_of(name)].kind
        assert (kind == "summary") == (name.endswith(("_sum", "_count")))
        assert kind == "gauge" or f"increase({name}" in expression or f"rate({name}" in expression
    allowed = set[str]().union(*(LABELS.get(base_of(name), set()) for name in names))
    assert (
        set(re.findall(r"(\w+)=~?\"", expression)) | set(re.findall(r"by \((\w+)\)", expression)) <= allowed
    )


def test_each_metric_is_on_a_panel_and_each_rule_says_what_to_do() -> None:
    shown = {base_of(n) for t in EXPRESSIONS.values() for n in re.findall(r"certdeploy_\w+", t)}

    assert shown == set(METRICS)
    for rule in RULES:
        assert rule["annotations"].keys() == {"summary", "todo"}
        assert rule["annotations"]["todo"].startswith("certdeploy ")
        assert rule["labels"]["severity"] in ("page", "ticket")


@pytest.mark.parametrize(("who", "query"), list(sls_queries()))
def test_what_the_log_is_asked_for_is_written(who: str, query: str) -> None:
    message, fields = re.findall(r'^"([^"]+)"', query), re.findall(r"'\$\.(\w+)'", query)

    assert len(message) == 1, who
    assert set(fields) <= LINES[message[0]]


def test_each_line_is_asked_for_by_an_alert_or_a_chart() -> None:
    assert {query.split('"')[1] for _, query in sls_queries()} == set(LINES)


def test_the_table_of_the_docs_has_each_metric_and_each_field_of_a_measurement() -> None:
    table = DOCS.partition("## Metrics\n")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| ")]

    metrics = [name for row in rows for name in re.findall(r"`(certdeploy_\w+)", row[1])]
    assert sorted(metrics) == sorted(METRICS)
    fields = {name for row in rows for name in re.findall(r"`(\w+)`", row[2])}
    assert LINES["installation was measured"] <= fields
    named = {name for row in rows for name in re.findall(r'"([^"]+)"', row[2])}
    assert named == set(LINES)
