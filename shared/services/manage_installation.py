"""Change what an installation keeps to: its policies; and let go what nobody needs to look at any more."""

from collections.abc import Collection

from shared.domain.installation_requests import ManagedInstallation, ManageInstallation
from shared.errors import InvalidRequestError
from shared.services.policies import store_policies
from shared.services.world import World


def manage_installation(world: World, request: ManageInstallation) -> ManagedInstallation:
    """Raises InvalidRequestError, and what `store_policies` raises."""
    policies, letters = request.set_policies, request.drop_dead_letters
    if (policies is None) is (letters is None):
        raise InvalidRequestError("expected exactly one of SetPolicies, DropDeadLetters")
    if policies is not None:
        return ManagedInstallation(policies=store_policies(world, policies.text, version=policies.version))
    assert letters is not None
    return ManagedInstallation(dropped=_dropped(world, set(letters.names)))


def _dropped(world: World, names: Collection[str]) -> tuple[str, ...]:
    found = [letter for letter in world.dead_letters.list() if letter.name in names]
    for letter in found:
        world.dead_letters.delete(letter)
    return tuple(letter.name for letter in found)
