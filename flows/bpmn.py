"""The procedure as BPMN 2.0 that means what the product does, for other engines and drawing tools.

A step is a user task and an exclusive gateway: exactly one of its acts is done, and the variable `act` holds its
name.  An act that leaves the step open leads back to it.  A deadline that ends a step is a timer on it at the moment
`due_<step>`.  A timer at `rung_<step>`, the next rung of the campaign's ladder, reminds and leaves the step open; it
stands for the rungs after it too, which BPMN has no timer for.  Acts beside the steps (a hold) lead nowhere, so they
are no flows: each step names the ones legal in it among its extension elements.  Which acts the law allows at a
moment (papers, votes, offices) is more than BPMN says; nothing here allows what the law never does.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.utils.translation import gettext as _

from .bpmn_layout import Box, Layout
from .ends import Finish, Opening
from .nodes import Deed, Step
from .route import REMINDER, acts_beside, causes, condition_of, hand_of, label, nodes, office, words

NAMESPACES = {
    "xmlns": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "xmlns:bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "xmlns:dc": "http://www.omg.org/spec/DD/20100524/DC",
    "xmlns:di": "http://www.omg.org/spec/DD/20100524/DI",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xmlns:vd": "urn:vinh-danh:procedures",
}
EXPRESSION = {"xsi:type": "tFormalExpression"}


def way_of(step: str) -> str:
    """Name of the gateway behind a step."""
    return f"{step}_way"


def clock_of(step: str) -> str:
    """Name of the timer that ends a step."""
    return f"{step}_due"


def rung_of(step: str) -> str:
    """Name of the timer that reminds of a step."""
    return f"{step}_rung"


class Export:
    """One procedure under way into XML."""

    def __init__(self, flow_class: Any):
        self.flow_class = flow_class
        self.root = Element("definitions", {
            **NAMESPACES, "targetNamespace": "urn:vinh-danh:procedures", "expressionLanguage": "https://www.python.org/",
            "id": "procedures",
        })  # fmt: skip
        self.messages = {opening: f"{opening.name}_message" for opening in list(causes(flow_class))[1:]}
        for opening, name in self.messages.items():
            SubElement(self.root, "message", id=name, name=causes(flow_class)[opening])
        self.process = SubElement(self.root, "process", {
            "id": flow_class.__name__, "name": str(flow_class.process_title), "isExecutable": "true",
        })  # fmt: skip
        SubElement(self.process, "documentation").text = _(
            "Biến “act” là tên việc đã làm ở bước; “due_[bước]” là thời điểm đến hạn của bước, “rung_[bước]” là mốc kế "
            "tiếp của thang nhắc hạn, tính theo từng đợt. Khi hồ sơ tạm dừng, cả hai thời điểm lùi lại cho đến khi hết "
            "tạm dừng."
        )
        self.flows = list(self._flows())

    def xml(self) -> str:
        """The file's text."""
        for opening in nodes(self.flow_class, Opening):
            self._opening(opening)
        for step in nodes(self.flow_class, Step):
            self._step(step)
        for deed in nodes(self.flow_class, Deed):
            self._node("task", deed.name, label(deed))
        if self._reminders():
            self._node("task", REMINDER, words(REMINDER))
            self._node("endEvent", f"{REMINDER}_done")
        for finish in nodes(self.flow_class, Finish):
            self._node("endEvent", finish.name, label(finish))
        for source, act, target in self.flows:
            self._flow(source, act, target)
        self._diagram()
        indent(self.root)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(self.root, encoding="unicode") + "\n"

    def _reminders(self) -> list[Step]:
        return [step for step in nodes(self.flow_class, Step) if step.due]

    def _flows(self) -> Iterator[tuple[str, str, str]]:
        """(source, act or blank, target) of every sequence flow."""
        for opening in nodes(self.flow_class, Opening):
            yield opening.name, "", opening._next.name
        for step in nodes(self.flow_class, Step):
            yield step.name, "", way_of(step.name)
            for act, then in [*step.ways.items(), *((act, step) for act in step.asides)]:
                yield way_of(step.name), act, then.name
            if step.at_due:
                yield clock_of(step.name), "", step.at_due.name
            if step.due:
                yield rung_of(step.name), "", REMINDER
        for deed in nodes(self.flow_class, Deed):
            yield deed.name, "", deed._next.name
        if self._reminders():
            yield REMINDER, "", f"{REMINDER}_done"

    def _node(self, kind: str, name: str, title: str = "", said: str = "", **attributes: str) -> Element:
        """A node with its arrows in and out."""
        node = SubElement(self.process, kind, {"id": name, **({"name": title} if title else {}), **attributes})
        if said:
            SubElement(node, "documentation").text = said
        for source, act, target in self.flows:
            if target == name:
                SubElement(node, "incoming").text = flow_id(source, act, target)
        for source, act, target in self.flows:
            if source == name:
                SubElement(node, "outgoing").text = flow_id(source, act, target)
        return node

    def _opening(self, opening: Opening) -> None:
        """The first opening is a plain start; each other one waits for the message that its act was done."""
        start = self._node("startEvent", opening.name, label(opening))
        if opening in self.messages:
            SubElement(start, "messageEventDefinition", messageRef=self.messages[opening])

    def _step(self, step: Step) -> None:
        task = self._node("userTask", step.name, label(step), office(step))
        if beside := acts_beside(step):
            noted = Element("extensionElements")
            for act, rule in beside.items():
                SubElement(noted, "vd:beside", act=act, name=words(act), office=hand_of(rule))
            task.insert(1, noted)  # the schema wants it right behind the documentation
        self._node("exclusiveGateway", way_of(step.name), gatewayDirection="Diverging")
        if step.at_due:
            self._timer(clock_of(step.name), step, f"due_{step.name}", ends=True)
        if step.due:
            self._timer(rung_of(step.name), step, f"rung_{step.name}", ends=False)

    def _timer(self, name: str, step: Step, at: str, *, ends: bool) -> None:
        timer = self._node("boundaryEvent", name, attachedToRef=step.name, cancelActivity=str(ends).lower())
        SubElement(SubElement(timer, "timerEventDefinition"), "timeDate", EXPRESSION).text = at

    def _flow(self, source: str, act: str, target: str) -> None:
        flow = SubElement(self.process, "sequenceFlow", {
            "id": flow_id(source, act, target), "sourceRef": source, "targetRef": target,
            **({"name": words(act)} if act else {}),
        })  # fmt: skip
        if not act:
            return
        step = self.flow_class.instance.node(source.removesuffix(way_of("")))
        if said := condition_of(step, act):
            SubElement(flow, "documentation").text = said
        SubElement(flow, "conditionExpression", EXPRESSION).text = f"act == '{act}'"

    def _diagram(self) -> None:
        """Shapes and arrows, so that other tools can draw it."""
        layout = Layout(self.flow_class, way_of, clock_of, rung_of)
        diagram = SubElement(self.root, "bpmndi:BPMNDiagram", id="diagram")
        plane = SubElement(diagram, "bpmndi:BPMNPlane", id="plane", bpmnElement=self.flow_class.__name__)
        for name, box in layout.boxes.items():
            shape = SubElement(plane, "bpmndi:BPMNShape", id=f"{name}_shape", bpmnElement=name)
            _bounds(shape, box)
        for source, act, target in self.flows:
            name, points = flow_id(source, act, target), layout.points(source, target)
            edge = SubElement(plane, "bpmndi:BPMNEdge", id=f"{name}_edge", bpmnElement=name)
            for x, y in points:
                SubElement(edge, "di:waypoint", x=f"{x:g}", y=f"{y:g}")
            if act:
                _bounds(SubElement(edge, "bpmndi:BPMNLabel"), layout.label(points))


def flow_id(source: str, act: str, target: str) -> str:
    """Name of a sequence flow: one for each act, so that two acts to one place stay two arrows."""
    return f"{source}__{act or target}"


def _bounds(parent: Element, box: Box) -> None:
    SubElement(parent, "dc:Bounds", {name: f"{value:g}" for name, value in box._asdict().items()})
