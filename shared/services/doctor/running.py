"""Whether the functions work: timers, discoveries, whom they tell, clusters, the way to what is served."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from shared.domain.certificates import Certificate
from shared.domain.resources import CloudResource, SyncState, SyncStatus
from shared.errors import CloudDeniedError
from shared.products import adapter_class
from shared.services.discovered import every_slot
from shared.services.doctor.findings import Finding, error, ok, unknown, warning
from shared.services.undelivered import told_of, undelivered
from shared.services.world import World

_SCAN_AGE: Final = timedelta(hours=1)  #: the timer's default is ten minutes
_RUN_AGE: Final = timedelta(minutes=15)  #: a minute
_DISCOVERY_AGE: Final = timedelta(days=1)  #: four hours
_PROBED: Final = 3  #: slots
_LOOKED_AT: Final = 2000  #: slots, to find some that can be probed
_START: Final = "start certdeploy serve; in a stack, look at the timer trigger and the log of the function"
RUN: Final = "run_deployment_jobs"


def of_timers(world: World) -> Iterator[Finding]:
    now = world.clock()
    scans = [world.scans.last(home) for home in world.policy.homes]
    scanned = None if None in scans else min(at for at in scans if at is not None)
    yield _aged("timer scan_expiry", "CAS was read", scanned, now, _SCAN_AGE)
    yield _aged("timer run_deployment_jobs", "due jobs were looked for", world.ticks.last(RUN), now, _RUN_AGE)
    yield from _of_discoveries(world, now)


def _aged(about: str, what: str, at: datetime | None, now: datetime, limit: timedelta) -> Finding:
    if at is None:
        return warning(about, f"so far it was never told that {what}", _START)
    if now - at > limit:
        return warning(about, f"{what} {ago(at, now)}", _START)
    return ok(about, f"{what} {ago(at, now)}")


def _of_discoveries(world: World, now: datetime) -> Iterator[Finding]:
    about = "timer discover_resources"
    syncs = world.syncs.of(world.policy.products)
    begun = max((one.started_at for one in syncs), default=None)
    yield _aged(about, "a discovery began", begun, now, _DISCOVERY_AGE)
    missing = {one.value for one in world.policy.products} - {one.product.value for one in syncs}
    incomplete = [one for one in syncs if not one.state.complete]
    about = "last complete discovery"
    if not syncs:
        return
    if not missing and not incomplete:
        oldest = min(one.finished_at or one.started_at for one in syncs)
        yield _aged(about, "everything was read", oldest, now, 2 * _DISCOVERY_AGE)
        return
    parts = [*sorted(missing), *(_place(one) for one in incomplete)]
    yield warning(
        about,
        f"not read whole: {', '.join(parts[:5])}{f' and {len(parts) - 5} more' if len(parts) > 5 else ''}",
        "certdeploy status tells why",
    )


def _place(one: SyncStatus) -> str:
    return f"{one.product.value}{f' {one.region}' if one.region else ''}"


def of_roles(world: World) -> Iterator[Finding]:
    """Each product as its own role saw it at the last discovery; a function asks with no other's rights."""
    now = world.clock()
    for product in world.policy.products:
        about = f"product {product.value}"
        syncs = list(world.syncs.list(product))
        denied = [one for one in syncs if one.code == CloudDeniedError.code]
        failed = [one for one in syncs if one.state is SyncState.FAILED and one not in denied]
        if denied:
            action = denied[0].reason
            yield error(
                about, f"{_place(denied[0])}: {action}", "grant what it names to the role of the function"
            )
        elif failed:
            yield warning(
                about, f"{_place(failed[0])}: {failed[0].reason}", "certdeploy discover tries it again"
            )
        elif syncs:
            last = max(one.started_at for one in syncs)
            where = f"{len(syncs)} region{'' if len(syncs) == 1 else 's'}, "
            yield ok(about, f"{where}read {ago(last, now)}")
        else:
            yield unknown(about, "it was never discovered", "certdeploy discover")


def of_clusters(world: World) -> Iterator[Finding]:
    """Those of products that are in clusters, by the last discovery."""
    products = [one for one in world.policy.products if adapter_class(one).discovery_sees_keys]
    syncs = world.syncs.of(products)
    closed = [part for one in syncs for part in one.unread]
    if closed:
        more = f" and {len(closed) - 1} more" if len(closed) > 1 else ""
        yield warning("clusters", f"{closed[0]}{more}", "authorise the role in each cluster: docs/ack.md")
    elif syncs:
        yield ok("clusters", "each that was found was read")


def of_contacts(world: World, *, webhook: bool | None) -> Finding:
    contacts = list(world.contacts.list())
    told = [one for one in contacts if one.default and one.channels]
    hook = "the webhook of the settings" if webhook else ""
    if lost := undelivered(world):
        more = f", and {len(lost) - 1} more" if len(lost) > 1 else ""
        text = f"the last message about certificates was not delivered: {told_of(lost[0])}{more}"
        return warning("contacts", text, f"certdeploy contact test {lost[0].contact_id}")
    if told or hook:
        names = ", ".join(filter(None, [*(one.name for one in told[:5]), hook]))
        return ok("contacts", f"of automatic jobs and of ends: {names}")
    some = f"{len(contacts)} contacts, none of them by default" if contacts else "no contact"
    nobody = (
        "and no webhook: nobody is" if webhook is False else "and no other but a webhook, if there is one, is"
    )
    return warning(
        "contacts",
        f"{some} {nobody} told when a job fails or nothing replaces a certificate",
        "certdeploy contact add --default, then certdeploy contact test ID",
    )


def of_tls(world: World) -> Iterator[Finding]:
    """Whether what is served is met from here: without it nothing is proved by a handshake."""
    probed = list(islice(_can_be_probed(world), _PROBED))
    if not probed:
        yield unknown("outbound TLS", "no slot is known yet that a handshake could be made with")
        return
    met: dict[str, None] = {}
    silent: list[str] = []
    for slot, name, certificate in probed:
        found = world.probe(slot.endpoint, name, certificate)
        if found.served is None:
            silent.append(f"{name}: {found.detail}")
        else:
            met[name] = None
    if met:
        yield ok("outbound TLS", f"a handshake reaches {', '.join(met)}")
    else:
        yield warning(
            "outbound TLS",
            f"no handshake was possible: {silent[0]}",
            "let port 443 out, or deployments are proved by read-back alone",
        )


def _can_be_probed(world: World) -> Iterator[tuple[CloudResource, str, Certificate]]:
    for record in islice(every_slot(world), _LOOKED_AT):
        slot = record.resource
        names = [name for name in slot.domains if not name.startswith("*")]
        if slot.endpoint and names and slot.cert_identifier:
            found = world.certificates.find_many([slot.cert_identifier])
            if certificate := found.get(slot.cert_identifier):
                yield slot, names[0], certificate.certificate


def ago(at: datetime, now: datetime) -> str:
    minutes = max(0, int((now - at) / timedelta(minutes=1)))
    if minutes < 120:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d ago"
