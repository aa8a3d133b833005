"""The distribution's Chromium, driven by Selenium: for tests of the console and its screenshots."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def missing() -> str:
    """What is not installed, and how it comes; "": nothing."""
    if find_spec("selenium") is None:
        return "Selenium is not installed: `make browser` installs it"
    if not any(map(shutil.which, _BROWSERS)) or not shutil.which("chromedriver"):
        return "no Chromium with chromedriver is installed: apt-get install chromium chromium-driver"
    return ""


@contextmanager
def chromium(scheme: str = "light", width: int = 1280, height: int = 900) -> "Iterator[Chrome]":
    """A browser without a window, that prefers this colour scheme."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = next(filter(None, map(shutil.which, _BROWSERS)), "")
    for option in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver") or ""))
    try:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        yield driver
    finally:
        driver.quit()
