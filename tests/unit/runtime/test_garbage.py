"""A cold start does not look for garbage among what it imports, and neither does an invocation."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
_IMPORTED = (
    "import gc, sys\n"
    "import shared\n"
    "before = gc.get_stats()\n"
    "from functions.deploy_cdn import index\n"
    "print(*(n['collections'] - was['collections'] for n, was in zip(gc.get_stats(), before)))\n"
    "print(gc.get_freeze_count(), *gc.get_threshold())"
)


def test_nothing_is_looked_for_while_a_function_is_imported_and_nothing_of_it_afterwards() -> None:
    done = subprocess.run([sys.executable, "-c", _IMPORTED], cwd=ROOT, capture_output=True, check=True)

    collections, afterwards = done.stdout.decode().splitlines()
    kept, *often = map(int, afterwards.split())
    assert collections == "0 0 0"
    assert kept > 50_000, "modules and what they hold"
    assert often[0] < kept, "and what an invocation leaves is looked for"
