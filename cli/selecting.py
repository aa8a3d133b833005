"""Options that say which slots a job is for: of `job preview` and `job create`."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from cli.columns import check_each_given
from cli.given import cert_ids_of
from cli.picks import PICKED, picks
from cli.places import SlotFinder
from shared.domain.engines import Engine
from shared.domain.resources import CloudProduct
from shared.services.world import World

Certificates = Annotated[
    list[str], typer.Option("--certificate", help="Id of a certificate in CAS; may be repeated.")
]
Slots = Annotated[
    list[str] | None,
    typer.Option(
        "--resource",
        help="Slot to deploy to, as `resource list` shows it; may be repeated. Default: all that match.",
    ),
]
Products = Annotated[
    list[CloudProduct] | None,
    typer.Option("--product", help="Only slots of this product; may be repeated."),
]
Accounts = Annotated[
    list[str] | None,
    typer.Option("--account", help="Only slots of this account; - for the own one; may be repeated."),
]
Regions = Annotated[
    list[str] | None,
    typer.Option(
        "--region", help="Only slots of this region; - for products without regions; may be repeated."
    ),
]
Domains = Annotated[
    list[str] | None,
    typer.Option(
        "--domain", help="Only slots with such a name, such as '*.shop.example.com'; may be repeated."
    ),
]
Except = Annotated[
    list[str] | None,
    typer.Option("--except", help=f"Leave alone what fits: {PICKED}; may be repeated."),
]
First = Annotated[
    bool,
    typer.Option(
        "--first-deployment", help="Also deploy where HTTPS is off, and switch it on (CDN and DCDN only)."
    ),
]
Outage = Annotated[
    bool,
    typer.Option(
        "--accept-outage",
        help="Allow a short outage where a product must remove the old certificate first.",
    ),
]
EngineOption = Annotated[
    Engine | None,
    typer.Option(
        "--engine",
        help="Who writes: this system, or CAS by a deployment job of its own, which takes of the quota bought"
        " there. Default: CERTDEPLOY_ENGINE, or direct.",
    ),
]


@dataclass(frozen=True)
class Selected:
    """What a job is for, as it is given."""

    certificate: Certificates
    resource: Slots = None
    product: Products = None
    account: Accounts = None
    region: Regions = None
    domain: Domains = None
    but: Except = None
    first_deployment: First = False
    accept_outage: Outage = False
    engine: EngineOption = None

    def request(self, world: World) -> dict[str, Any]:
        """As PreviewDeploymentJob is sent."""
        check_each_given(account=self.account, region=self.region, domain=self.domain)
        return {
            "CertIds": cert_ids_of(self.certificate),
            "ResourceIds": SlotFinder(world).slots(self.resource or ()),
            "Products": [one.value for one in self.product or []],
            **({"Accounts": list(self.account)} if self.account else {}),
            "Regions": list(self.region or []),
            "Domains": list(self.domain or []),
            "Except": picks(world, "--except", self.but),
            "FirstDeployment": self.first_deployment,
            "AcceptOutage": self.accept_outage,
            **({"Engine": self.engine.value} if self.engine else {}),
        }
