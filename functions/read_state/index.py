"""Read rows of the state, and how the stack is set, for `certdeploy --stack`. Changes nothing.

Trigger: manual, with {"Rows": {"Table": …, "Keys": [[…]]}}, {"Range": {"Table": …, "Prefix": […]}} or
{"Settings": {}}.
"""

from shared.domain.state_requests import ReadState
from shared.runtime import App, function
from shared.runtime.shown import shown_settings
from shared.services.read_state import StateRead, read_state


@function(ReadState)
def handler(request: ReadState, app: App) -> StateRead:
    return read_state(app.store, lambda: shown_settings(app.settings), request)
