"""No code but the doors calls an act, writes a state, or makes a line of the ledger."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from dossiers.lifecycle import law
from dossiers.models import Dossier

APPS = "audit organizations files notifications campaigns councils decisions dossiers flows workflow_project".split()
DOORS = {"dossiers/acts.py", "dossiers/edits.py", "dossiers/papers.py", "audit/ledger.py"}


def trespasses(source: str, name: str):
    """Lines of a module that do what only a door may."""
    acts = law(Dossier).keys()
    knows_the_ledger = "from audit.models import" in source
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if (
            isinstance(node.func, ast.Attribute)
            and node.func.attr in acts
            and "dossier" in ast.unparse(node.func.value)
        ):
            yield f"{name}:{node.lineno} calls .{node.func.attr}()"
        updates = isinstance(node.func, ast.Attribute) and node.func.attr in {"update", "bulk_update"}
        named = any(keyword.arg == "state" for keyword in node.keywords) or "'state'" in ast.unparse(node)
        if updates and named:
            yield f"{name}:{node.lineno} updates a state"
        if knows_the_ledger and called in {"Entry", "Entry.objects.create", "Entry.objects.bulk_create"}:
            yield f"{name}:{node.lineno} writes in the ledger"


def modules():
    """Every module of the product but doors and migrations."""
    root = Path(settings.BASE_DIR)
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if name not in DOORS and "migrations" not in path.parts:
                yield name, path.read_text(encoding="utf-8")


def test_there_is_one_door():
    assert [fault for name, source in modules() for fault in trespasses(source, name)] == []


@pytest.mark.parametrize(
    "line",
    ["dossier.submit(by=x)", "Dossier.objects.update(state='DRAFT')", "Entry.objects.create(act='x')",
     "Dossier.objects.bulk_update(rows, ['state'])"],
)  # fmt: skip
def test_the_search_finds_a_planted_trespass(line):
    assert list(trespasses(f"from audit.models import Entry\n{line}", "planted"))
