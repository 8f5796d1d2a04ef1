"""Where a passage begins and ends."""

from typing import Any

from viewflow.workflow import flow
from viewflow.workflow.activation import Activation
from viewflow.workflow.nodes import EndActivation
from viewflow.workflow.status import STATUS

from audit.clock import now
from audit.models import Entry

from .nodes import new_row


class FinishActivation(EndActivation):
    """The end of a passage; there is one for each final state."""

    @classmethod
    def create(cls, flow_task: Any, prev_activation: Any, token: Any, data: Any = None, seed: Any = None) -> Any:
        """A row of its own."""
        return cls(new_row(flow_task, prev_activation, token))

    @Activation.status.super()
    def activate(self) -> None:
        """Close the passage."""
        self.process.status, self.process.finished = STATUS.DONE, now()
        self.process.save(update_fields=["status", "finished"])


class Finish(flow.End):
    """An end, named after the final state it is reached in."""

    activation_class = FinishActivation
    undo_view_class = revive_view_class = None


class OpeningActivation(flow.StartHandle.activation_class):
    """The beginning of a passage, whose cause is an entry already written."""

    entry: Entry | None = None

    @classmethod
    def create(cls, flow_task: Any, prev_activation: Any, token: Any, data: Any = None, seed: Any = None) -> Any:
        """An unsaved passage and its first row."""
        passage = flow_task.flow_class.process_class(flow_class=flow_task.flow_class, created=now())
        return cls(flow_task.flow_class.task_class(flow_task=flow_task, process=passage, created=now(), started=now()))


class Opening(flow.StartHandle):
    """Where a passage begins, from code: a dossier opened, or accepted late."""

    activation_class = OpeningActivation
    undo_view_class = None
