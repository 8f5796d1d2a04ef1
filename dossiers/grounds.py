"""Why a dossier may be put on hold: dated data, each ground with the article of its day."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "tam_dung.toml"


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground as it reads on a day."""

    code: str
    text: str
    article: str


@cache
def _rows() -> list[dict]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))["grounds"]


def grounds_on(day: date) -> list[Ground]:
    """The grounds with the article in force on a day.  Source: law.md 2.7"""
    return [Ground(row["code"], row["text"], _article(row["articles"], day)) for row in _rows()]


def _article(dated: list[dict], day: date) -> str:
    latest = max((one for one in dated if one["since"] <= day), key=lambda one: one["since"])
    return latest["article"]
