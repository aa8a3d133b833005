"""The settings that decide what is planned and shown, without those that only one place needs."""

from dataclasses import replace

from shared.domain.state_requests import ShownSettings
from shared.runtime.settings import Settings
from shared.validation.accounts import accounts_in


def shown_settings(settings: Settings) -> ShownSettings:
    return ShownSettings(
        stores=settings.stores,
        regions=settings.regions,
        more_regions=settings.more_regions,
        products=settings.products,
        aws=settings.aws,
        aws_regions=settings.aws_access.regions,
        accounts=tuple(one.role for one in settings.accounts),
        warning_days=settings.warning_days,
        auto=settings.auto,
        engine=settings.engine,
        roots=settings.roots,
    )


def as_shown(own: Settings, shown: ShownSettings) -> Settings:
    """`own`, with what decides in place of it."""
    return own.evolve(
        stores=shown.stores,
        regions=shown.regions,
        more_regions=shown.more_regions,
        products=shown.products,
        aws=shown.aws,
        aws_access=replace(own.aws_access, regions=shown.aws_regions),
        accounts=accounts_in(",".join(shown.accounts)) if shown.accounts else (),
        warning_days=shown.warning_days,
        auto=shown.auto,
        engine=shown.engine,
        roots=shown.roots,
    )
