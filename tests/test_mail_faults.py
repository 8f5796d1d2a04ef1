"""Mails in bad weather, the short form: none lost, one Message-ID each, no more extra copies than relays killed."""

import pytest

from benchmarks.faults_mail import Outcome, Storm, storm, table

SHORT = {"hurry": 300, "timeout": 0.25, "batch": 8, "limit": 60}


def test_the_relay_is_killed_in_every_weather_and_every_mail_arrives(transactional_db):
    found = storm(Storm(mails=150, kills=10, seed=11, **SHORT))
    assert found.breaches == [], "\n".join(table(found))


@pytest.mark.parametrize(
    ("fault", "said"),
    [({"distinct": 149, "lost": 1}, "1 mails lost"), ({"taken": 161}, "11 extra copies for 10 kills"),
     ({"wrong": 1}, "1 mails with a wrong recipient"), ({"undone": 2}, "2 rows not noted"),
     ({"kills": 9, "taken": 150}, "only 9 of 10 kills")],
)  # fmt: skip
def test_each_breach_is_said(fault, said):
    sound = {"taken": 155, "distinct": 150, "kills": 10}
    asked = Storm(mails=150, kills=10, seed=1)
    assert Outcome(asked, **sound).breaches == []
    assert any(breach.startswith(said) for breach in Outcome(asked, **{**sound, **fault}).breaches)
