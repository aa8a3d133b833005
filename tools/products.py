"""Write what follows from the code: functions, sample events, parts of template.yml, a table of SECURITY.md.

    python -m tools.products

Run it after a product was added or calls another action; a test holds the files to what this writes.
"""

from pathlib import Path

from shared.domain.resources import CloudProduct
from shared.products import supported_products
from tools import rights, template

ROOT = Path(__file__).parents[1]

FUNCTION = '''\
"""Deploy a job's certificates to its {code} slots.

Trigger: CloudEvent certdeploy:WorkerResource:Scheduled with data.Product = {code}.
"""

from shared.domain.events import WorkersScheduled
from shared.domain.resources import CloudProduct
from shared.runtime import App, function
from shared.services.deploy import ShardResult, deploy_workers


@function(None, WorkersScheduled)
def handler(event: WorkersScheduled, app: App) -> ShardResult:
    return deploy_workers(app.world, event, CloudProduct.{name})
'''
EVENT = """\
{{
  "specversion": "1.0",
  "id": "scheduled-3933171584362972-{code}-0-1777636800.000",
  "source": "certdeploy",
  "type": "certdeploy:WorkerResource:Scheduled",
  "subject": "DeploymentJob/3933171584362972/{code}/0",
  "time": "2026-05-01T12:00:00Z",
  "datacontenttype": "application/json;charset=utf-8",
  "data": {{
    "JobId": 3933171584362972,
    "Product": "{code}",
    "Shard": 0,
    "Shards": 1
  }}
}}
"""


def files() -> dict[str, str]:
    """The text of each file, by its path in the repository."""
    found = {
        name: rewritten((ROOT / name).read_text(encoding="utf-8"))
        for name, rewritten in (("template.yml", template.rewritten), ("SECURITY.md", rights.rewritten))
    }
    for product in supported_products():
        found |= files_of(product)
    return found


def files_of(product: CloudProduct) -> dict[str, str]:
    name = f"deploy_{product.value.lower()}"
    return {
        f"functions/{name}/index.py": FUNCTION.format(code=product.value, name=product.name),
        f"events/{name}.worker-scheduled.json": EVENT.format(code=product.value),
    }


def main() -> None:
    for path, text in files().items():
        target = ROOT / path
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
