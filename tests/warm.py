"""What many tests load when they run, and each process would load for itself: here before it is forked."""

from __future__ import annotations

from emulator import aws

MANY = 1000  #: tests; of fewer, none may need it


def load() -> None:
    if aws.installed():
        aws.load()
    import kubernetes.client

    for api in ("CoreV1Api", "CustomObjectsApi"):  # imported, with hundreds of models, when named
        getattr(kubernetes.client, api)
