"""The samples of events/: documentation, fixture, and input for a manual invocation. Each one is valid."""

import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from host.host import MAX_ASYNC_PAYLOAD
from host.template import load_template
from shared.domain.events import EventData
from shared.errors import AppError
from shared.products import supported_products
from shared.runtime.app import App

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "events").glob("*.json"))
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/index.py"))


class Understood(AppError):
    """Raised in the place of the work: the handler has taken the message."""


@pytest.fixture(autouse=True)
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def of(context: object) -> App:
        raise Understood

    monkeypatch.setattr(App, "of", of)


def handle(function: str, payload: bytes) -> Any:
    spec = importlib.util.spec_from_file_location(function, ROOT / "functions" / function / "index.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    context = SimpleNamespace(request_id="r-1", function=SimpleNamespace(name=function, timeout=60))
    return module.handler(payload, context)


def function_of(sample: Path) -> str:
    return sample.name.partition(".")[0]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_sample_is_understood_by_its_function(sample: Path) -> None:
    with pytest.raises(Understood):
        handle(function_of(sample), sample.read_bytes())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_sample_may_be_invoked_asynchronously(sample: Path) -> None:
    assert sample.stat().st_size <= MAX_ASYNC_PAYLOAD


def test_a_sample_with_a_typo_would_be_refused() -> None:
    answer = json.loads(handle("manage_deployment_jobs", b'{"Lisst": {}}'))

    assert answer["Code"] == "InvalidParameter"


def test_every_function_has_a_sample() -> None:
    assert {function_of(sample) for sample in SAMPLES} == set(FUNCTIONS)


def test_every_event_type_has_a_sample_for_its_consumer() -> None:
    wanted = {
        (kind.type, kind.consumer.format(product=product.value.lower()))
        for kind in EventData.__subclasses__()
        for product in supported_products()
    }
    events = [(sample, json.loads(sample.read_bytes())) for sample in SAMPLES]

    found = {(event["type"], function_of(sample)) for sample, event in events if "specversion" in event}

    assert wanted <= found


def test_every_timer_of_the_template_has_a_sample() -> None:
    template = load_template(ROOT / "template.yml")
    wanted = {template.functions[timer.function].folder for timer in template.timers}

    assert {function_of(s) for s in SAMPLES if "triggerTime" in json.loads(s.read_bytes())} == wanted
