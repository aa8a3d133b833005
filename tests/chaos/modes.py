"""The two ways in which a run is disturbed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from shared.domain.resources import CloudResource
from shared.services.world import World
from tests.chaos.checks import Clean, Meddled, is_at_rest, is_done, violations
from tests.chaos.deliveries import TIMEOUT_S, Platform
from tests.chaos.estates import NAMES
from tests.chaos.ground import Ground
from tests.chaos.held import held
from tests.chaos.meddling import Meddler
from tests.chaos.weather import Storm

_HOUR_S = 3600.0
_QUIET_S = {"kill": 12 * _HOUR_S, "storm": 30 * _HOUR_S}
_PRODUCTS = 5  #: in a storm
_DISCOVERED = 0.3  #: of storms that a discovery meets, and of those after which there is one
_TIMEOUTS_S = (120.0, 300.0, TIMEOUT_S)  #: one of them in each run: what is left behind lasts as long
_DELIVERIES = 80  #: that a storm lasts at most


def begun(ground: Ground) -> None:
    """Read CAS and discover; what is needed for a deployment is loaded for all runs."""
    platform = ground.platform
    platform.loads = True
    ground.begin()
    ground.add_contact()
    platform.tick("scan_expiry", "discover_resources")
    platform.drain()
    assert not platform.errors, platform.errors
    world = ground.world
    wrong = [s for p in world.policy.products for s in world.syncs.list(p) if s.state.value != "synced"]
    assert not wrong, wrong
    ground.keep()
    _renewed(ground)
    platform.loads = False


def clean_run(ground: Ground) -> Clean:
    """What a run is measured by. What differs between two of them is nobody's loss."""
    ground.begin_again()
    before, settings = ground.served(), [held(ground.cloud)]
    for _ in range(2):
        ground.begin_again()
        ground.boundaries.begin({})
        _renewed(ground)
        settings.append(held(ground.cloud))
    first, *others = settings
    kept = {where: value for where, value in first.items() if all(one.get(where) == value for one in others)}
    boundaries = {function: len(met) for function, met in ground.platform.met.items()}
    clean = Clean(before, kept, Counter(ground.cloud.written.keys()), boundaries)
    wrong = violations(ground, clean, Meddled(), calm=True, kills=0)
    assert not wrong, wrong
    return clean


def _renewed(ground: Ground) -> None:
    ground.renew()
    ground.platform.tick("scan_expiry")
    assert ground.platform.until_quiet(lambda: is_done(ground), at_most_s=_HOUR_S)


def fatal(clean: Clean, seed: str, run: int) -> dict[str, list[int]]:
    """One boundary of each function, in each run another one; when all have had their turn, two of each."""
    found: dict[str, list[int]] = {}
    for function, count in clean.boundaries.items():
        order = list(range(1, count + 1))
        random.Random(f"{seed}-{function}").shuffle(order)
        found[function] = [order[(run - 1) % count]]
        if run > count:
            found[function].append(random.Random(f"{seed}-{function}-{run}").choice(order))
    return found


def killed(ground: Ground, clean: Clean, seed: str, run: int, struck: Counter[str]) -> list[str]:
    """Each function is killed at one of its boundaries; the platform delivers again. What does not hold."""
    where = fatal(clean, seed, run)
    ground.begin_again()
    ground.boundaries.begin(where)
    ground.renew()
    platform = ground.platform
    platform.timeout_s = random.Random(f"{seed}-timeout-{run}").choice(_TIMEOUTS_S)
    platform.tick("scan_expiry")
    quiet = platform.until_quiet(lambda: is_done(ground), at_most_s=_QUIET_S["kill"])
    struck.update(one.partition(": ")[2] for one in platform.killed)
    wrong = [] if quiet else ["it does not come to rest"]
    return wrong + violations(ground, clean, Meddled(), calm=True, kills=max(map(len, where.values())))


def in_storm(ground: Ground, clean: Clean, seed: str, struck: Counter[str]) -> list[str]:
    """Some products, and everything that may go wrong, for a while; then it is calm. What does not hold."""
    lots = random.Random(seed)
    every = ground.products
    ground.scope(lots.sample(every, min(_PRODUCTS, len(every))))
    ground.begin_again()
    platform, meddled = ground.platform, Meddled()
    platform.timeout_s = lots.choice(_TIMEOUTS_S)
    slots = _slots(ground.world)
    storm = Storm(seed, struck, ground.clock.sleep, platform.deliver_one, Meddler(ground, slots, meddled))
    ground.renew()
    ground.cloud.disturbance = storm
    ground.receiver.trouble = storm.at_receiver
    ground.boundaries.begin(storm.fatal(clean.boundaries))
    with _stormy(platform, storm):
        platform.tick("scan_expiry")
        if lots.random() < _DISCOVERED:
            platform.tick("discover_resources")
        for _ in range(lots.randint(10, _DELIVERIES)):
            if jump := storm.jump():
                ground.clock.jump(jump)
                meddled.jumped = True
            if outage := storm.outage():
                _without_cloud(ground, outage)
            if not platform.deliver_one():
                platform.pass_time(60.0)
                platform.tick(lots.choice(["run_deployment_jobs", "run_deployment_jobs", "scan_expiry"]))
    ground.cloud.disturbance = None
    ground.receiver.trouble = lambda: ""
    ground.boundaries.begin({})
    struck["function killed"] += len(platform.killed)
    platform.tick("scan_expiry")
    if lots.random() < _DISCOVERED:
        platform.tick("discover_resources")
    quiet = platform.until_quiet(lambda: is_done(ground, meddled), at_most_s=_QUIET_S["storm"])
    wrong = [] if quiet or is_at_rest(ground) else ["it does not come to rest"]
    return wrong + violations(ground, clean, meddled, calm=False)


def _slots(world: World) -> list[CloudResource]:
    """Those with the certificate that is to be replaced."""
    records = [one for product in world.policy.products for one in world.resources.list(product)]
    found = world.certificates.find_many(one.resource.cert_identifier for one in records)
    mine = {name for name, known in found.items() if set(NAMES) <= set(known.certificate.names)}
    return [one.resource for one in records if one.resource.cert_identifier in mine]


def _without_cloud(ground: Ground, deliveries: int) -> None:
    ground.stop_server()
    try:
        for _ in range(deliveries):
            if not ground.platform.deliver_one():
                ground.clock.sleep(60)
    finally:
        ground.start_server()


@contextmanager
def _stormy(platform: Platform, storm: Storm) -> Iterator[None]:
    calm = platform.choose, platform.delays
    platform.choose, platform.delays, platform.in_between = storm.choose, storm.delays, storm.at_state
    try:
        yield
    finally:
        platform.choose, platform.delays = calm
        platform.in_between = None
