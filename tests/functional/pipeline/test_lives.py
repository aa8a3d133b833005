"""Lives of jobs by chance, with either engine; `lives.py` says what happens in them and what has to hold."""

from __future__ import annotations

from tests.functional.pipeline.lives import Lives, lived
from tests.functional.pipeline.lives_by_cas import LivesByCas

test_lives_by_chance = lived(Lives)
test_lives_by_chance_with_the_engine_cas = lived(LivesByCas)
