"""What outlives one invocation: how often it looks whose the state is."""

from pathlib import Path

import pytest

from shared.cloud.credentials import Credentials, fixed
from shared.errors import SettingsError
from shared.runtime.instance import Instance
from shared.runtime.settings import Settings
from shared.state.tables import META


def test_an_instance_looks_now_and_then_whether_a_newer_version_has_the_state(tmp_path: Path) -> None:
    instance, keys = Instance(Settings(state=str(tmp_path / "state.db"))), fixed(Credentials("id", "secret"))
    instance.check_state(keys, 1000.0)
    instance.store.put(META, ("schema",), {"Schema": 99}, version=0)

    instance.check_state(keys, 1299.0)
    for now_s in (1301.0, 1302.0):
        with pytest.raises(SettingsError, match=r"state\.db is of schema 99, which a newer certdeploy wrote"):
            instance.check_state(keys, now_s)
