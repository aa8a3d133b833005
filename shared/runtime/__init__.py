"""Where a function meets the platform: the decorator of handlers, the App, settings, the log."""

from shared.runtime.app import App
from shared.runtime.handler import function

__all__ = ["App", "function"]
