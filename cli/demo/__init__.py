"""`certdeploy demo`: a renewed certificate arrives everywhere, on an emulated cloud."""

from cli.demo.command import demo

__all__ = ["demo"]
