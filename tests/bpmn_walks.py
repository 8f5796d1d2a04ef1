"""The same walk in two engines: a dossier of the product, and SpiffWorkflow running the exported BPMN."""

from datetime import timedelta
from inspect import signature

from django.db import transaction
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, BpmnValidator
from SpiffWorkflow.bpmn.specs.defaults import NoneTask
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from audit.clock import today
from audit.ledger import Actor
from audit.models import Entry
from decisions import acts as decision_acts
from dossiers.acts import waits_for
from dossiers.lifecycle import law
from dossiers.models import Dossier
from flows import desk, sweeper
from flows.flows import CampaignAwardFlow
from flows.models import StepRow
from organizations.models import Person

NODES = {node.name: node for node in CampaignAwardFlow.instance.nodes()}
STEPS = {name: node for name, node in NODES.items() if hasattr(node, "ways")}
DUE = "due"  # the dice may also let the deadline come
TURNS = 20  # after so many a walk takes the shortest way out
JUDGEMENTS = {"propose": "PASS", "admit": "PASS", "decline": "FAIL", "request_supplement": "SUPPLEMENT"}


def load(xml):
    """The workflow as SpiffWorkflow reads it, checked against the BPMN 2.0 schema."""
    parser = BpmnParser(validator=BpmnValidator())
    parser.add_bpmn_str(xml.encode())
    return parser.get_spec(CampaignAwardFlow.__name__)


class Engine:
    """One passage in SpiffWorkflow; `path` is told in the product's names."""

    def __init__(self, spec, opening, due, message=""):
        self.workflow, self.path, self.at = BpmnWorkflow(spec), [opening], ""
        self.workflow.task_tree.data.update(self._dues(due))
        for name in ("Start", "StartEventSplit"):
            self._ready(name).run()
        if message:
            self.workflow.send_event(BpmnEvent(MessageEventDefinition(message)))
        for name in (opening, "StartEventJoin"):
            self._ready(name).run()
        self._go_on()

    def do(self, act, due):
        """Complete the open step by this act; the next one is due at `due`."""
        task = self._ready(self.at)
        self.path.append(f"{self.at}:{act}")
        task.data.update(act=act, **self._dues(due))
        task.run()
        self._go_on()

    def tick(self):
        """Let the timers look at the clock."""
        self.workflow.refresh_timers()
        self._go_on()

    def _dues(self, due):
        return {f"due_{name}": due for name in STEPS}

    def _all_ready(self):
        return self.workflow.get_tasks(state=TaskState.READY)

    def _ready(self, name):
        return next(t for t in self._all_ready() if t.task_spec.name == name)

    def _go_on(self):
        self.workflow.do_engine_steps(did_complete_task=self._note)
        while deeds := [t for t in self._all_ready() if isinstance(t.task_spec, NoneTask)]:
            for deed in deeds:  # SpiffWorkflow leaves a plain task to its host; here that is the house itself
                deed.run()
                self._note(deed)
            self.workflow.do_engine_steps(did_complete_task=self._note)
        open_steps = {t.task_spec.name for t in self._all_ready()}
        assert len(open_steps) <= 1, open_steps
        at = open_steps.pop() if open_steps else ""
        if at and at != self.at:
            self.path.append(at)
        self.at = at

    def _note(self, task):
        name = task.task_spec.name
        if name == "remind":
            self.path.append(f"{task.parent.task_spec.name.removesuffix('_due')}:remind")
        elif name == "lapse":
            self.path += ["lapse", "lapse:lapse"]
        elif name in NODES:
            self.path.append(name)


class Wanderer:
    """One dossier of the product that goes where the dice send it, least trodden ways first."""

    def __init__(self, world, clock, dice, trodden):
        self.world, self.clock, self.dice, self.trodden, self.turns = world, clock, dice, trodden, 0
        self.dossier = world.opened(names=4)

    @property
    def row(self):
        """The open step, or None."""
        rows = StepRow.objects.open().filter(process__dossier=self.dossier)
        return rows.select_related("process").first()

    @property
    def path(self):
        """The last passage: its rows in order, each followed by the acts done in it."""
        passage = self.dossier.passages.latest("pk")
        told = {}
        for entry in Entry.objects.about(self.dossier).acts().exclude(step_id=None).order_by("position"):
            told.setdefault(entry.step_id, []).append(entry.act)
        rows = [(row.pk, row.flow_task.name) for row in passage.steps.order_by("pk")]
        return [line for pk, name in rows for line in (name, *(f"{name}:{act}" for act in told.get(pk, ())))]

    @property
    def due(self):
        """When the open step is due, as BPMN writes a moment; far away when there is none."""
        row = self.row
        return row.due_at.isoformat() if row and row.due_at else "2999-01-01T00:00:00+00:00"

    def choose(self):
        """What happens next: an act that can be done now, or the deadline."""
        row, dossier = self.row, self.world.fresh(self.dossier)
        step = row.flow_task
        ways = [act for act in (*step.ways, *step.asides) if hasattr(self, f"_{act}") or not waits_for(dossier, act)]
        if len(dossier.still_in) == 1:
            ways = [act for act in ways if act != "withdraw_nomination"]
        ways += [DUE] if row.scheduled else []
        self.turns += 1
        if self.turns > TURNS:
            ways = [way for way in ways if way not in step.ways or step.ways[way].name not in STEPS]
        weights = [self._weight(step, way) for way in ways]
        way = self.dice.choices(ways, weights)[0]
        self.trodden[step.name, way] += 1
        return way

    def _weight(self, step, way):
        ends = (way == DUE and step.at_due) or (way in step.ways and step.ways[way].name not in STEPS)
        often = 1 + self.trodden[step.name, way]
        return 1 / often**2 if ends or way in step.asides else 4 / often

    def do(self, act):
        """Do an act through the desk, by whoever the law names."""
        getattr(self, f"_{act}", lambda: None)()
        dossier = self.world.fresh(self.dossier)
        custom = law(Dossier)[act][dossier.state].custom
        person = Person.objects.holders(custom["office"], dossier.body_at(custom["place"])).first()
        if act == "grant":
            person = Person.objects.system()
        self.world.do(dossier, act, person, **self.facts(act, dossier))

    def facts(self, act, dossier):
        """The least that the act must state."""
        facts = {
            "reason": "Lý do thử", "papers": [], "nomination": dossier.still_in[-1].pk,
            "verdicts": {n.pk: (JUDGEMENTS.get(act), "vì thử") for n in dossier.still_in},
        }  # fmt: skip
        return {name: facts[name] for name in signature(getattr(Dossier, act)).parameters if name in facts}

    def _propose(self):
        if waits_for(self.world.fresh(self.dossier), "propose"):
            self.world.add_paper(self.dossier, "CONG_VAN", self.world.finance)

    def _admit(self):
        if waits_for(self.world.fresh(self.dossier), "admit"):
            self.world.add_evaluation()

    def _recommend(self, agreed=9):
        self.world.put_on_agenda(self.dossier)
        self.world.count(self.dossier, agreed)

    def _oppose(self):
        self._recommend(0)

    def _grant(self):
        decision = self.world.reserve(self.dossier)
        with transaction.atomic():
            decision_acts.issue(decision, by=Actor(self.world.signatory))

    def wait(self):
        """Let the deadline of the open step pass."""
        self.clock.move_to(self.row.due_at + timedelta(minutes=1))

    def come_back_late(self):
        """Accepted after it has lapsed."""
        until = today() + timedelta(days=10)
        head = Actor(self.world.standing_head)
        desk.accept_late(self.world.fresh(self.dossier), by=head, version=None, reason="Bão lụt", until=until)


def walk(spec, world, clock, dice, trodden):
    """One dossier from its opening to its last end, in both; yields (the product's path, the engine's) as they grow."""
    product = Wanderer(world, clock, dice, trodden)
    engine = Engine(spec, "start", product.due)
    while True:
        while (row := product.row) is not None:
            yield row.flow_task.name, engine.at
            way = product.choose()
            if way == DUE:
                product.wait()
            else:
                product.do(way)
                engine.do(way, product.due)
            sweeper.sweep_deadlines()
            engine.tick()
        yield (product.path, True), (engine.path, engine.workflow.completed)
        if product.path[-1] != "lapsed" or product.turns > TURNS or dice.random() < 0.5:
            return
        product.come_back_late()
        trodden["accepted_late", ""] += 1
        engine = Engine(spec, "accepted_late", product.due, message="accept_late")


def ways():
    """Everything that can happen in a step: (step, act or the deadline)."""
    found = {("accepted_late", "")}
    for name, step in STEPS.items():
        found |= {(name, way) for way in (*step.ways, *step.asides, DUE)}
    return found
