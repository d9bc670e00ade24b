"""The Grafana dashboard and the alert rules parse, and name the metrics that there are; so does the page about them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.metrics import GAUGES, PREFIX
from bot.work.meter import COUNTERS, SECONDS

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "deploy/grafana/backup-why.json"
ALERTS = ROOT / "deploy/prometheus/alerts.yaml"
PAGE = ROOT / "docs/how-to/watch-the-bot.md"
FAMILIES = {
    *(PREFIX + name for name in GAUGES),
    *(f"{PREFIX}{name}_total" for name in COUNTERS),
    PREFIX + SECONDS.name,
}
SAMPLES = FAMILIES | {f"{PREFIX}{SECONDS.name}_{part}" for part in ("bucket", "sum", "count")}
LABELS = {label for counter in (*COUNTERS.values(), SECONDS) for label in counter.labels}


def named(text: str) -> set[str]:
    return set(re.findall(rf"\b{PREFIX}\w+", text))


def expressions() -> list[str]:
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    rules = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"][0]["rules"]
    targets = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return [*targets, *(rule["expr"] for rule in rules)]


@pytest.mark.parametrize("file", [DASHBOARD, ALERTS, PAGE], ids=lambda file: file.name)
def test_what_is_named_exists(file: Path) -> None:
    found = named(file.read_text(encoding="utf-8"))
    assert len(found) > 5
    assert found <= SAMPLES


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_is_closed_and_asks_for_labels_that_there_are(expression: str) -> None:
    for opening, closing in ("()", "[]", "{}"):
        assert expression.count(opening) == expression.count(closing)
    for grouped in re.findall(r"(?:by|without) \(([^)]*)\)", expression):
        assert set(grouped.split(", ")) <= LABELS
    assert re.match(r"(max|min|absent)\b", expression), "all web processes tell the same: nothing is added up"


def test_panels_have_a_place_and_a_source_each() -> None:
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    panels: list[dict[str, Any]] = dashboard["panels"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len({panel["id"] for panel in panels}) == len(panels)
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}


def test_each_metric_and_each_alert_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rules = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"][0]["rules"]
    assert named(page) == FAMILIES
    assert set(re.findall(r"^\| `(BackupWhy\w+)`", page, re.MULTILINE)) == {rule["alert"] for rule in rules}
    assert all(rule["labels"]["severity"] in ("page", "ticket") and rule["annotations"]["summary"] for rule in rules)
