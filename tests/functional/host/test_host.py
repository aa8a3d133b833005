"""What a host refuses, where its limits are, when it starts and stops."""

import json
import logging
import threading
from pathlib import Path

import pytest

from host.errors import HostStoppedError, PayloadTooLargeError, TemplateError
from host.host import Host
from tests.functional.host.site import SAMPLE, Site, alive, until

KIB, MIB = 1024, 1024 * 1024


def test_an_unknown_name_is_refused(host: Host) -> None:
    for asynchronous in (False, True):
        with pytest.raises(LookupError, match="no function is called 'echo'"):
            host.invoke("echo", b"", asynchronous=asynchronous)
    assert host.idle()


@pytest.mark.parametrize(
    ("asynchronous", "limit", "status"), [(True, 128 * KIB, 202), (False, 32 * MIB, 200)]
)
def test_a_payload_is_taken_up_to_the_limit_and_not_beyond(
    site: Site, asynchronous: bool, limit: int, status: int
) -> None:
    host = site.host()

    with pytest.raises(PayloadTooLargeError, match=f"demo-told: payload of {limit + 1} bytes, limit {limit}"):
        host.invoke("demo-told", b"x" * (limit + 1), asynchronous=asynchronous)
    assert host.idle()
    result = host.invoke("demo-told", b"x" * limit, asynchronous=asynchronous)

    assert (result.status, result.error_type) == (status, None)
    assert host.wait_idle(60)
    assert [len(line) for line in site.told()] == [limit]


def test_a_declared_function_without_code_is_refused(tmp_path: Path) -> None:
    (tmp_path / "functions").mkdir()
    with pytest.raises(TemplateError, match=r"demo-echo: there is no .*echo/index.py"):
        Host(SAMPLE / "template.yml", tmp_path / "functions", tmp_path / "other.db")


def test_paths_are_those_of_the_hosts_own_folder(
    host: Host, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instances are forked from a process that may have begun elsewhere."""
    host.invoke("demo-echo", b"")
    (site.folder / "code").symlink_to(SAMPLE)
    monkeypatch.chdir(site.folder)
    relative = site.host(functions_dir=Path("code/functions"), log=Path("log"))

    seen = json.loads(relative.invoke("demo-echo", b"").body)

    assert seen["shared"] == "found"
    assert site.log()


def test_a_host_starts_once_and_invokes_between_start_and_stop(site: Site) -> None:
    host = site.host(start=False)
    with pytest.raises(HostStoppedError, match="not running"):
        host.invoke("demo-echo", b"")
    with host:
        assert host.invoke("demo-echo", b"").status == 200
        with pytest.raises(HostStoppedError, match="started only once"):
            host.start()
    for asynchronous in (False, True):
        with pytest.raises(HostStoppedError):
            host.invoke("demo-echo", b"", asynchronous=asynchronous)
    with pytest.raises(HostStoppedError, match="started only once"):
        host.start()
    host.stop()


def test_a_stopped_host_leaves_nothing_behind(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """And of what went well, its functions tell, not the scheduler."""
    caplog.set_level(logging.INFO)
    threads = threading.active_count()
    with site.host(start=False) as host:
        host.invoke("demo-work", b"{}", asynchronous=True)
        assert host.wait_idle(60)
        [process] = site.instances()
        assert threading.active_count() > threads

    until(lambda: not alive(int(process)))
    until(lambda: threading.active_count() <= threads)
    assert caplog.text == ""
    site.host(start=False).stop()


def test_a_template_without_functions_is_served(site: Site) -> None:
    template = site.folder / "template.yml"
    template.write_text("Resources: {}")

    with site.host(start=False, template=template) as host:
        assert host.deliver_event({"source": "news"}) == []
