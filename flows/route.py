"""A procedure read for drawing: which steps are its main route, which stand beside it, and what its arrows say.

Nothing is stated here about any one procedure: order is the order of its lines, the main route is each step's
first way, words come from the acts, offices from the law.
"""

from typing import Any

from django.utils.translation import gettext as _

from dossiers.lifecycle import law
from dossiers.models import Dossier
from dossiers.states import FINAL, State
from dossiers.words import ACTS
from organizations.models import Office, Place

from .ends import Finish, Opening
from .nodes import Deed, Step

REMINDER = "remind"  # no act of the law: what a rung of the ladder does at a step that has a deadline (ladder.py)


def nodes(flow_class: Any, kind: type) -> list:
    """The procedure's nodes of one kind, in the order of its lines."""
    lines = list(vars(flow_class))
    found = [node for node in flow_class.instance.nodes() if isinstance(node, kind)]
    return sorted(found, key=lambda node: lines.index(node.name))


def main_route(flow_class: Any) -> list:
    """From the first opening along each step's first way to the end."""
    route = [nodes(flow_class, Opening)[0]._next]
    while isinstance(route[-1], Step):
        route.append(next(iter(route[-1].ways.values())))
    return route


def beside(flow_class: Any) -> dict[Step, list[Step]]:
    """{step of the main route: the steps that only it leads to, nearest first}; without those that have none."""
    placed = set(main_route(flow_class))
    found: dict[Step, list[Step]] = {}
    for host in main_route(flow_class)[:-1]:
        todo = [host]
        while todo:
            fresh = [node for node in todo.pop(0).ways.values() if isinstance(node, Step) and node not in placed]
            placed.update(fresh)
            todo += fresh
            if fresh:
                found.setdefault(host, []).extend(fresh)
    return found


def reopening_acts() -> list[str]:
    """Acts that the law allows after an end: each begins a passage of its own."""
    return [act for act, ways in law(Dossier).items() if set(ways) & FINAL]


def acts_beside(step: Step) -> dict[str, Any]:
    """{act: its rule} that people may do while a step is open though it is none of the step's own, such as a hold."""
    here = {act: rules[step.state] for act, rules in law(Dossier).items() if step.state in rules}
    return {act: rule for act, rule in here.items()
            if rule.custom["office"] and act not in step.ways and act not in step.asides}  # fmt: skip


def beside_in_words(flow_class: Any) -> list[str]:
    """One sentence for each act beside the steps: whose it is, and the steps in which it may not be done."""
    steps = nodes(flow_class, Step)
    found = {act: hand_of(rule) for step in steps for act, rule in acts_beside(step).items()}
    return [
        _("%(act)s (%(hand)s): ở mọi bước, trừ %(steps)s.") % {
            "act": words(act), "hand": hand,
            "steps": ", ".join(f"“{label(step)}”" for step in steps if act not in acts_beside(step)),
        } for act, hand in found.items()
    ]  # fmt: skip


def causes(flow_class: Any) -> dict[Opening, str]:
    """{opening: the act that begins a passage there}: the first opens a dossier, the others take one in again."""
    return dict(zip(nodes(flow_class, Opening), ["open", *reopening_acts()], strict=True))


def words(act: str) -> str:
    """What an arrow says."""
    return str(ACTS[act].button)


def label(node: Any) -> str:
    """What a node is called on paper: a step's title, a deed's act, the state an end is reached in."""
    match node:
        case Deed():
            return words(node.act)
        case Finish():
            return str(State[node.name.upper()].label)
        case Opening():
            return words(causes(node.flow_class)[node])
    return str(node.task_title)


def office(step: Step) -> str:
    """Whose work a step is."""
    return str(Office(step.office).label)


def condition_of(step: Step, act: str) -> str:
    """Who does an act that is another office's, and until when; blank for the step's own acts."""
    if act not in step.unclaimed:
        return ""
    return _("%(office)s, khi chưa ai nhận") % {"office": Office(law(Dossier)[act][step.state].custom["office"]).label}


def hand_of(rule: Any) -> str:
    """Whose hand an act needs, with the place; `rule` is one transition of the law."""
    return f"{Office(rule.custom['office']).label} · {Place(rule.custom['place']).label}"


def in_words(flow_class: Any) -> str:
    """The whole procedure as text, for those who do not see the picture."""
    begins = [f"{words(act)} → {label(opening._next)}." for opening, act in causes(flow_class).items()]
    return " ".join([*begins, *(_told(step) for step in nodes(flow_class, Step)), *beside_in_words(flow_class)])


def _told(step: Step) -> str:
    ways = [f"{words(act)} → {label(then)}" for act, then in step.ways.items()]
    ways += [words(act) for act in step.asides]
    if step.due:
        ways.append(_("các mốc của thang nhắc hạn: %(what)s") % {"what": words(REMINDER)})
    if step.at_due:
        ways.append(_("hết hạn: %(what)s") % {"what": label(step.at_due)})
    return f"{label(step)} ({office(step)}): {'; '.join(ways)}."
