"""The comparison of speeds is honest: every engine ends with the work it is said to have done."""

import re

import pytest
from django.test import modify_settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    """The measured district, with viewflow's stock flow known to Django."""
    with modify_settings(INSTALLED_APPS={"append": "benchmarks"}):
        from benchmarks.ground import Ground  # noqa: PLC0415  its flow belongs to an app that is installed only now

        yield Ground()


def test_the_engines_of_the_race_leave_the_effects_they_are_said_to_leave(ground):
    """Ours and raw SQL row by row, stock with effects as many entries and notices, stock its finished tasks."""
    from benchmarks.acts import ENGINES, race  # noqa: PLC0415
    from benchmarks.report import acts as told  # noqa: PLC0415

    done = race(ground, reps=1, acts=6)
    assert done.unlike == []
    assert set(done.runs) == {engine.name for engine in ENGINES}
    assert all(len(statements) == 6 for statements in done.statements.values())
    assert "ours / it" in "\n".join(told(done))


def test_an_engine_that_forgets_an_effect_is_found_out(ground):
    """Faults planted: raw SQL that owes fewer notices, arms no rung, hashes what it does not write; idle stock."""
    from benchmarks import acts  # noqa: PLC0415
    from benchmarks.raw import Raw  # noqa: PLC0415
    from benchmarks.stock import Stock  # noqa: PLC0415
    from benchmarks.stock_effects import StockEffects  # noqa: PLC0415

    class Forgetful(Raw):
        def _notify(self, cursor, line, case, at, entry):
            if line.act.name != "propose":
                super()._notify(cursor, line, case, at, entry)

        def _entry(self, line, case, at, facts, position, previous):
            values = super()._entry(line, case, at, facts, position, previous)
            return [*values[:-1], "0" * 64] if line.act.name == "grant" else values

        def _step(self, line, case, moment):
            columns = super()._step(line, case, moment)
            return (*columns[:-3], None, *columns[-2:])  # the clock is armed for no rung

    class Idle(StockEffects):
        execute = Stock.execute

    engines = (acts.Ours, Stock, Idle, Forgetful)
    found = "\n".join(acts.race(ground, reps=1, acts=6, engines=engines).unlike)
    assert ": notices: " in found
    assert ": steps: " in found
    assert re.search(r"dossiers\.dossier:\d+#\d+ grant: ", found)  # the chain that does not hold
    assert "stock: 0 entries instead of 6" in found
    assert "stock: 0 notices instead of" in found
