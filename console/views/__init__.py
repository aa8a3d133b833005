"""The pages and the orders, by their paths."""

from collections.abc import Callable, Mapping
from typing import Final

from console.asking import Asked, Done, Page
from console.views.certificates import certificate, certificates
from console.views.jobs import job, jobs
from console.views.overview import overview
from console.views.resources import resources, slot
from console.views.settings import settings

View = Callable[[Asked], Page]
Order = Callable[[Asked], Done | Page]

PAGES: Final[Mapping[str, View]] = {
    "/": overview,
    "/certificates": certificates,
    "/certificate": certificate,
    "/resources": resources,
    "/slot": slot,
    "/jobs": jobs,
    "/job": job,
    "/settings": settings,
}
#: They change something; the guard lets none through that is not our own form's.
ORDERS: Final[Mapping[str, Order]] = {}
