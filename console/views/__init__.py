"""The pages and the orders, by their paths."""

from collections.abc import Callable, Mapping
from typing import Final

from console.asking import Asked, Done, Page
from console.views.accounts import accounts, check_accounts
from console.views.certificates import certificate, certificates
from console.views.clean_up import clean_up, confirm_clean_up, do_clean_up
from console.views.contacts import contact, remove_contact, save_contact, test_contact
from console.views.dead_letters import dead_letters
from console.views.doctor import doctor
from console.views.edit import do_edit, edit, edit_certificates
from console.views.jobs import job, jobs
from console.views.map import drawn_map
from console.views.new_job import create_job, new_job
from console.views.orders import confirm, do
from console.views.overview import start
from console.views.quota import add_quota, quota, set_quota
from console.views.reading import look_again, look_at_slot, scan
from console.views.resources import accept, met_slot, resources, slot
from console.views.settings import check_policies, set_policies, settings

View = Callable[[Asked], Page]
Order = Callable[[Asked], Done | Page]

PAGES: Final[Mapping[str, View]] = {
    "/": start,
    "/certificates": certificates,
    "/certificate": certificate,
    "/certificates/clean-up": clean_up,
    "/certificates/clean-up/confirm": confirm_clean_up,
    "/resources": resources,
    "/slot": slot,
    "/slot/look": met_slot,
    "/jobs": jobs,
    "/job": job,
    "/job/confirm": confirm,
    "/job/edit": edit,
    "/job/certificates": edit_certificates,
    "/jobs/new": new_job,
    "/map": drawn_map,
    "/settings": settings,
    "/contact": contact,
    "/deadletters": dead_letters,
    "/doctor": doctor,
    "/accounts": accounts,
    "/accounts/check": check_accounts,
    "/quota": quota,
}
#: Orders that only look: what was read before is as good as it was.
LOOKS: Final = frozenset({"/settings/policies/check", "/contact/test"})
#: They change something; the guard lets none through that is not our own form's.
ORDERS: Final[Mapping[str, Order]] = {
    "/certificates/read": scan,
    "/certificates/clean-up": do_clean_up,
    "/resources/read": look_again,
    "/slot/accept": accept,
    "/slot/read": look_at_slot,
    "/jobs/new": create_job,
    "/job/do": do,
    "/job/edit": do_edit,
    "/contact/save": save_contact,
    "/contact/remove": remove_contact,
    "/contact/test": test_contact,
    "/settings/policies/check": check_policies,
    "/settings/policies/set": set_policies,
    "/quota/add": add_quota,
    "/quota/set": set_quota,
}
