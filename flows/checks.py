"""The procedures and the law must agree; `manage.py check` walks them side by side."""

from collections.abc import Iterator
from inspect import signature
from typing import Any

from django.core.checks import CheckMessage, Error, register

from dossiers.forms import form_for
from dossiers.lifecycle import law
from dossiers.models import Dossier
from dossiers.states import FINAL, State

from .ends import Finish, Opening
from .flows import PROCEDURES
from .nodes import Deed, Step, passage_lock


def disagreements(flow_class: Any, rules: dict) -> Iterator[str]:
    """Walk every (node, state) the procedure can reach and yield each place where it breaks the law.

    rules    {act name: {source state: transition}}, as given by dossiers.lifecycle.law
    """
    seen: set = set()
    used: set = {"accept_late", "hold", "lift"}  # done beside the steps
    todo = [(node._next, State.DRAFT) for node in flow_class.instance.nodes() if isinstance(node, Opening)]
    while todo:
        node, state = at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        match node:
            case Step():
                yield from _misplaced(node, state, rules)
                ways = [*node.ways.items(), *((act, None) for act in node.asides)]
                todo += [(node.at_due, state)] if node.at_due else []
            case Deed():
                ways = [(node.act, node._next)]
            case Finish():
                ways = []
                if node.name.upper() != state or state not in FINAL:
                    yield f"{node.name}: reached in {state}"
            case _:
                ways = []
                yield f"{node.name}: a {type(node).__name__} is neither Step, Deed nor Finish"
        for act, then in ways:
            used.add(act)
            rule = rules.get(act, {}).get(state)
            if rule is None:
                yield f"{node.name}: {act} is not legal in {state}"
            elif then is not None:
                todo.append((then, rule.target or state))
    yield from (f"no step uses the act {act}" for act in sorted(rules.keys() - used))


def _misplaced(node: Step, state: str, rules: dict) -> Iterator[str]:
    """A step's state is the one it is reached in, and its own acts belong to one office at one place."""
    if node.state != state:
        yield f"{node.name}: stands for {node.state} and is reached in {state}"
    own = [rules[act][state] for act in node.ways if act not in node.unclaimed and state in rules.get(act, {})]
    if len({(rule.custom["office"], rule.custom["place"]) for rule in own}) > 1:
        yield f"{node.name}: its acts belong to more than one office"


@register()
def procedures_obey_the_law(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """flows.E001: a procedure and the law disagree."""
    rules = law(Dossier)
    return [
        Error(problem, obj=flow_class, id="flows.E001")
        for flow_class in PROCEDURES.values()
        for problem in disagreements(flow_class, rules)
    ]


def unasked(dossier_class: type, acts: Any) -> Iterator[str]:
    """Acts whose form does not ask exactly the facts the act states."""
    for act in acts:
        stated = signature(getattr(dossier_class, act)).parameters.keys() - {"self", "by"}
        asked = set(form_for(act).base_fields)
        if stated != asked:
            yield f"{act} states {sorted(stated)} but its form asks {sorted(asked)}"


@register()
def forms_ask_what_acts_state(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """flows.E002: a form asks other facts than its act states."""
    return [Error(problem, obj=Dossier, id="flows.E002") for problem in unasked(Dossier, law(Dossier))]


@register()
def passages_are_locked(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """flows.E003: a procedure without the passage lock would let one step be done twice."""
    return [
        Error("the procedure does not lock its passage", obj=flow_class, id="flows.E003")
        for flow_class in PROCEDURES.values()
        if flow_class.lock_impl is not passage_lock
    ]
