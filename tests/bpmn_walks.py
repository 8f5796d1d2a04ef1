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
from flows.models import Firing, StepRow
from organizations.models import Person

NODES = {node.name: node for node in CampaignAwardFlow.instance.nodes()}
STEPS = {name: node for name, node in NODES.items() if hasattr(node, "ways")}
DUE, RUNG = "due", "rung"  # the dice may also let the deadline come, or the next rung of the ladder
NEVER = "2999-01-01T00:00:00+00:00"
TURNS = 20  # after so many a walk takes the shortest way out
JUDGEMENTS = {"propose": "PASS", "admit": "PASS", "decline": "FAIL", "request_supplement": "SUPPLEMENT"}


def load(xml):
    """The workflow as SpiffWorkflow reads it, checked against the BPMN 2.0 schema."""
    parser = BpmnParser(validator=BpmnValidator())
    parser.add_bpmn_str(xml.encode())
    return parser.get_spec(CampaignAwardFlow.__name__)


class Engine:
    """One passage in SpiffWorkflow; `path` is told in the product's names."""

    def __init__(self, spec, opening, moments, message=""):
        self.workflow, self.path, self.at = BpmnWorkflow(spec), [opening], ""
        self.workflow.task_tree.data.update(moments)
        for name in ("Start", "StartEventSplit"):
            self._ready(name).run()
        if message:
            self.workflow.send_event(BpmnEvent(MessageEventDefinition(message)))
        for name in (opening, "StartEventJoin"):
            self._ready(name).run()
        self._go_on()

    def do(self, act, moments):
        """Complete the open step by this act; the next one has its timers at these moments."""
        task = self._ready(self.at)
        self.path.append(f"{self.at}:{act}")
        task.data.update(act=act, **moments)
        task.run()
        self._go_on()

    def tick(self):
        """Let the timers look at the clock."""
        self.workflow.refresh_timers()
        self._go_on()

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
            said = f"{self.at}:remind"
            assert task.parent.task_spec.name == f"{self.at}_rung"
            if said not in self.path[len(self.path) - self.path[::-1].index(self.at) :]:  # told once of each step
                self.path.append(said)
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
        """The last passage: its rows in order, each followed by the acts done in it and the first rung it reached."""
        passage = self.dossier.passages.latest("pk")
        lines = [(one.at, 0, one.step_id, "remind") for one in Firing.objects.filter(step__process=passage)]
        acts = Entry.objects.about(self.dossier).acts().exclude(step_id=None)
        lines += [(one.at, one.position, one.step_id, one.act) for one in acts]
        told = {}
        for _at, _position, step, what in sorted(lines):
            if what != "remind" or what not in told.get(step, ()):
                told.setdefault(step, []).append(what)
        rows = [(row.pk, row.flow_task.name) for row in passage.steps.order_by("pk")]
        return [line for pk, name in rows for line in (name, *(f"{name}:{act}" for act in told.get(pk, ())))]

    @property
    def moments(self):
        """When the open step is due and when its next rung is reached, as BPMN writes them; far away without one."""
        row = self.row
        due = row.due_at if row else None
        rung = row.scheduled if row and row.rung is not None else None
        kept = {"due": due, "rung": rung}
        return {f"{kind}_{name}": at.isoformat() if at else NEVER for kind, at in kept.items() for name in STEPS}

    def choose(self):
        """What happens next: an act that can be done now, or the deadline."""
        row, dossier = self.row, self.world.fresh(self.dossier)
        step = row.flow_task
        ways = [act for act in (*step.ways, *step.asides) if hasattr(self, f"_{act}") or not waits_for(dossier, act)]
        if len(dossier.still_in) == 1:
            ways = [act for act in ways if act != "withdraw_nomination"]
        ways += [DUE] if step.at_due else []
        ways += [RUNG] if row.rung is not None else []
        self.turns += 1
        if self.turns > TURNS:
            ways = [way for way in ways if way != RUNG and self._ends(step, way)] or ways
        weights = [self._weight(step, way) for way in ways]
        way = self.dice.choices(ways, weights)[0]
        self.trodden[step.name, way] += 1
        return way

    def _weight(self, step, way):
        often = 1 + self.trodden[step.name, way]
        return 1 / often**2 if self._ends(step, way) or way in step.asides or way == RUNG else 4 / often

    def _ends(self, step, way):
        return way == DUE or (way in step.ways and step.ways[way].name not in STEPS)

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

    def wait(self, way):
        """Let the next rung of the open step pass, or its deadline with all the rungs before it."""
        row = self.row
        self.clock.move_to((row.due_at if row.rung is None else row.scheduled) + timedelta(minutes=1))
        yield
        if way == DUE and (row := self.row) is not None:
            self.clock.move_to(row.due_at + timedelta(minutes=1))
            yield

    def come_back_late(self):
        """Accepted after it has lapsed."""
        until = today() + timedelta(days=10)
        head = Actor(self.world.standing_head)
        desk.accept_late(self.world.fresh(self.dossier), by=head, version=None, reason="Bão lụt", until=until)


def done(product, engine, act):
    """The act done in both."""
    product.do(act)
    engine.do(act, product.moments)
    yield


def walk(spec, world, clock, dice, trodden):
    """One dossier from its opening to its last end, in both; yields (the product's path, the engine's) as they grow."""
    product = Wanderer(world, clock, dice, trodden)
    engine = Engine(spec, "start", product.moments)
    while True:
        while (row := product.row) is not None:
            yield row.flow_task.name, engine.at
            way = product.choose()
            for _moment in product.wait(way) if way in (DUE, RUNG) else done(product, engine, way):
                sweeper.sweep_deadlines()
                engine.tick()
        yield (product.path, True), (engine.path, engine.workflow.completed)
        if product.path[-1] != "lapsed" or product.turns > TURNS or dice.random() < 0.5:
            return
        product.come_back_late()
        trodden["accepted_late", ""] += 1
        engine = Engine(spec, "accepted_late", product.moments, message="accept_late")


def ways():
    """Everything that can happen in a step: (step, act or the deadline)."""
    found = {("accepted_late", "")}
    for name, step in STEPS.items():
        found |= {(name, way) for way in (*step.ways, *step.asides, RUNG, *([DUE] if step.at_due else []))}
    return found
