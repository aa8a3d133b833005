"""Who may use the console: the browser that was let in, and no page of another site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functional.console.browser import Browser
from tests.functional.console.conftest import Opened

PATHS = ("/", "/overview.json", "/certificates", "/static/console.css", "/static/icon.svg", "/no-such-page")


@pytest.fixture
def stranger(opened: Opened) -> Iterator[Browser]:
    """Nobody has let it in."""
    with opened() as browser:
        yield browser


def test_nothing_is_shown_without_the_cookie(stranger: Browser) -> None:
    for path in PATHS:
        answer = stranger.get(path)
        assert (answer.status, "certdeploy console" in answer.body) == (401, True), path

    assert stranger.get("/", Cookie=f"certdeploy-{stranger.port}=guessed").status == 401


def test_a_name_that_somebody_points_to_this_machine_is_refused(browser: Browser) -> None:
    for host in (f"evil.example:{browser.port}", "127.0.0.1", f"127.0.0.1:{browser.port}.evil.example"):
        assert browser.get("/", Host=host).status == 421, host
    assert browser.get("/", Host=f"localhost:{browser.port}").status == 200


def test_an_address_lets_one_browser_in_once_and_always_to_the_first_page(stranger: Browser) -> None:
    first = stranger.told[-1].partition("?")[2]
    answer = stranger.get(f"//evil.example/?{first}")

    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    assert stranger.get(f"/?{first}").status == 401
    assert len(stranger.told) == 2
    assert stranger.let_in().get("/").status == 200


def test_a_page_of_another_site_gets_no_answer_and_gives_no_orders(browser: Browser) -> None:
    for site in ("cross-site", "same-site"):
        assert browser.get("/", Sec_Fetch_Site=site).status == 403
        assert browser.post("/do/discover", Sec_Fetch_Site=site).status == 403
    for origin in ("", "null", "https://evil.example", f"http://localhost:{browser.port}"):
        assert browser.post("/do/discover", Origin=origin).status == 403, origin


def test_every_answer_forbids_scripts_frames_and_caches(browser: Browser) -> None:
    for path in (*PATHS, "/?token=wrong"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["referrer-policy"] == "same-origin"  # else our own forms come without their origin
        assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")


def test_a_console_that_only_shows_refuses_every_order(opened: Opened) -> None:
    with opened(read_only=True) as browser:
        answer = browser.let_in().post("/do/discover")

        assert (answer.status, "--read-only" in answer.body) == (403, True)
        assert '<form method="post"' not in browser.get("/resources").body


def test_a_path_does_not_lead_out_of_the_files_of_the_console(browser: Browser) -> None:
    for path in ("/static/../guard.py", "/static/%2e%2e/guard.py", "/static/..%2fguard.py"):
        assert browser.get(path).status == 404
