"""The engine `cas`: what CAS itself has to have, before a job is created there."""

from collections.abc import Iterator
from typing import Final

from shared.cloud import cas, cas_jobs
from shared.cloud.openapi import OpenApi
from shared.domain.engines import Engine
from shared.errors import AppError, CloudDeniedError
from shared.services.doctor.calls import is_not_activated, statement
from shared.services.doctor.findings import Finding, error, ok
from shared.services.world import World

_ONE: Final = {"CurrentPage": 1, "ShowSize": 1}
_RIGHTS: Final = cas.API.rights(*cas_jobs.ACTIONS, cas.LIST_CONTACT)


def of_engine(world: World, openapi: OpenApi) -> Iterator[Finding]:
    """For each store of the settings, where CAS's own jobs write. No harmless call tells of the quota."""
    if world.policy.engine is not Engine.CAS:
        return
    for store in world.policy.stores:
        about = f"engine cas {store}"
        try:
            yield _of_store(about, store, openapi)
        except CloudDeniedError as denied:
            lacking = "" if is_not_activated(denied) else statement(_RIGHTS, {})
            yield error(about, str(denied), "grant it to the key or role (docs/engines.md)", lacking)
        except AppError as failed:
            yield error(about, str(failed), "no job is written by CAS until it answers")


def _of_store(about: str, store: str, openapi: OpenApi) -> Finding:
    contacts = openapi.call(cas.API, cas.LIST_CONTACT, _ONE, region=store)
    asked = {"CloudName": "aliyun", **_ONE}
    resources = openapi.call(cas.API, cas_jobs.LIST_CLOUD_RESOURCES, asked, region=store)
    openapi.call(cas.API, cas_jobs.LIST_DEPLOYMENT_JOB, _ONE, region=store)
    if not contacts.rows("ContactList"):
        return error(about, "CAS has no contact, and takes no job without one", "add one in CAS's console")
    if not resources.rows("Data"):
        return error(
            about,
            "CAS knows no cloud resources, so that no slot is found there",
            "synchronise them in CAS's console, under the deployment tasks",
        )
    return ok(about, f"CAS has a contact, and knows {resources.number('Total') or 'some'} cloud resources")
