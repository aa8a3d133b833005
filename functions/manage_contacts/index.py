"""Add, list, show, edit and remove contacts.

Trigger: manual, with {"List": {}}, {"Show": {"ContactId": …}}, {"Add": {"Name": …, "Channels": […]}},
{"Edit": {"ContactId": …}} or {"Remove": {"ContactId": …}}.
"""

from shared.domain.contact_requests import ManageContacts
from shared.runtime import App, function
from shared.services.contacts import ShownContacts, manage_contacts


@function(ManageContacts)
def handler(request: ManageContacts, app: App) -> ShownContacts:
    return manage_contacts(app.world, request)
