"""One act on many dossiers: chosen, previewed, confirmed, then done row by row, each exactly as a single act is done.

A row's result is written in the transaction of its act, so that whoever dies in between, nothing is done twice and
nothing is lost; the lease only keeps two workers from the same job, the row's own lock keeps them from the same row.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from time import monotonic
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.clock import now
from audit.ledger import Actor, witness
from audit.models import Entry
from dossiers.errors import Gone, Refused, Unfit
from dossiers.models import Dossier
from notifications.outbox import announce
from organizations.models import Person

from . import desk
from .bulk_fit import CLAIM, RELEASE, all_pass, judges, outlooks, title_of
from .models import BulkJob, BulkRow, StepRow
from .offers import done_sentence

LOG = logging.getLogger(__name__)
MOST = 200  # steps of one job
MOST_TEXT = 500  # characters kept of one row
AT_ONCE = 10  # rows that may be done while the person waits for the page
PATIENCE = 8.0  # seconds a page may take for them; what is left goes to a worker
LONGEST = 480.0  # seconds of one worker's turn, below the limit of a task
LEASE = timedelta(minutes=2)  # longer than any row takes, shorter than anyone waits for a dead worker
KEPT_UNCONFIRMED = timedelta(days=1)

Stage, Result = BulkJob.Stage, BulkRow.Result


@transaction.atomic
def choose(steps: Iterable[int], act: str, *, by: Actor) -> BulkJob:
    """Keep the chosen steps with what doing it will set going in each, at the dossier's version of this moment.

    Raises    Unfit when nothing this person may see was chosen, or too much
    """
    person, wanted = by.person, set(steps)
    if len(wanted) > MOST:
        raise Unfit(_("Mỗi lần làm được nhiều nhất %(most)d hồ sơ. Hãy chọn ít hơn.") % {"most": MOST})
    seen = StepRow.objects.on(Dossier.objects.visible_to(person)).filter(pk__in=wanted, flow_task_type="HUMAN")
    rows = list(seen.told_to(person).with_least().order_by("due_at", "pk"))
    if not rows:
        raise Unfit(_("Chưa chọn hồ sơ nào. Hãy đánh dấu hồ sơ rồi bấm lại."))
    BulkJob.objects.filter(person=person, stage=Stage.PREVIEW, at__lt=now() - KEPT_UNCONFIRMED).delete()
    job = BulkJob.objects.create(person=person, act=act, at=now())
    found = zip(rows, outlooks(person, rows, act), strict=True)
    BulkRow.objects.bulk_create(
        BulkRow(job=job, step=step, version=step.process.dossier.version, at=now() if outlook.why else None,
                result=Result.REFUSED if outlook.why else Result.WAITING,
                message=(outlook.why or outlook.effect)[:MOST_TEXT])
        for step, outlook in found
    )  # fmt: skip
    return job


def choose_again(job: BulkJob, *, by: Actor) -> BulkJob:
    """The same act on the rows that were not done, previewed anew."""
    return choose(job.rows.exclude(result=Result.DONE).values_list("step_id", flat=True), job.act, by=by)


@transaction.atomic
def confirm(job: BulkJob, *, by: Actor) -> bool:
    """Let the job begin; a second click changes nothing.  Returns whether it was the first."""
    waiting = job.rows.filter(result=Result.WAITING).count()
    begun = waiting and BulkJob.objects.filter(pk=job.pk, stage=Stage.PREVIEW).update(stage=Stage.RUNNING)
    if begun:
        witness("bulk_start", by=by, subject=job, facts={"act": job.act, "steps": waiting})
    return bool(begun)


@transaction.atomic
def drop(job: BulkJob, *, by: Actor) -> None:
    """Do no more of it; what was done stays done."""
    open_stages = [Stage.PREVIEW, Stage.RUNNING]
    dropped = BulkJob.objects.filter(pk=job.pk, stage__in=open_stages).update(stage=Stage.DROPPED, lease_until=None)
    if dropped and job.stage == Stage.RUNNING:
        witness("bulk_stop", by=by, subject=job, facts=_sums(job))


def run(job_pk: int, *, seconds: float = LONGEST, tell: bool = True) -> int:
    """Do what still waits, row after row; may be killed, run again, and run twice at once.  Returns how many it did.

    seconds    after which it lets go and leaves the rest to the next turn
    tell       whether the person gets a notice at the end, because no page of theirs waited for it
    """
    if not _leased(BulkJob.objects.filter(Q(lease_until=None) | Q(lease_until__lt=timezone.now())), job_pk):
        return 0
    end, did = monotonic() + seconds, 0
    job = BulkJob.objects.get(pk=job_pk)
    for row in list(job.rows.filter(result=Result.WAITING).values_list("pk", flat=True)):
        if monotonic() > end or not _leased(BulkJob.objects.all(), job_pk):
            break
        did += _do_row(job, row)
    _end(job, tell=tell)
    return did


def unfinished() -> list[int]:
    """Jobs that nobody is doing though they were confirmed."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    return list(BulkJob.objects.filter(free, stage=Stage.RUNNING).order_by("pk").values_list("pk", flat=True))


def _leased(jobs: Any, job_pk: int) -> bool:
    """Take or renew the lease; False when the job is no longer under way, or another has it."""
    return bool(jobs.filter(pk=job_pk, stage=Stage.RUNNING).update(lease_until=timezone.now() + LEASE))


def _do_row(job: BulkJob, row_pk: int) -> bool:
    """One row, act and result in one transaction.  Returns whether there was anything to do."""
    try:
        with transaction.atomic():
            row = _taken(row_pk)
            if row is None:
                return False
            row.result, row.message = _attempt(job, row)
            _keep(row)
    except Exception:  # one bad row must not stop the others
        LOG.exception("row %s of bulk job %s failed", row_pk, job.pk)
        failed = BulkRow.objects.filter(pk=row_pk, result=Result.WAITING)
        sentence = _("Phần mềm gặp lỗi ở hồ sơ này, chưa có gì được lưu. Hãy chọn lại sau ít phút.")
        failed.update(result=Result.REFUSED, message=sentence, at=now())
    return True


def _taken(row_pk: int) -> BulkRow | None:
    """The row under its lock, or None when it is done, or in another worker's hands."""
    rows = BulkRow.objects.filter(pk=row_pk, result=Result.WAITING)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows.first()


def _keep(row: BulkRow) -> None:
    row.message, row.at = row.message[:MOST_TEXT], now()
    row.save(update_fields=["result", "message", "at"])


def _attempt(job: BulkJob, row: BulkRow) -> tuple[str, str]:
    """Do the act as the person would do it now; what is refused leaves nothing but its sentence."""
    step = StepRow.objects.select_related("process__dossier").get(pk=row.step_id)
    by = Actor(Person.objects.get(pk=job.person_id), correlation=f"bulk-{job.pk}")  # asked anew: are they still?
    try:
        with transaction.atomic():
            return Result.DONE, _carry_out(job.act, step, row.version, by)
    except Refused as refusal:  # before the next: who keeps away from a dossier is refused in words of their own
        return Result.REFUSED, " ".join(refusal.sentences)
    except PermissionDenied:
        return Result.REFUSED, _("Bạn không còn giữ chức trách của bước này.")


def _carry_out(act: str, step: StepRow, version: int, by: Actor) -> str:
    """One act by the door of the desk.  Returns what it did, in words."""
    if act == CLAIM:
        _claim(step, by)
        return _("Bạn đã nhận việc này.")
    if act == RELEASE:
        desk.release(step.process_id, step.pk, by=by)
        return _("Đã trả lại chung.")
    facts = {"verdicts": all_pass(step.process.dossier)} if judges(act) else {}
    entry = desk.do(step.process_id, step.pk, act, by=by, version=version, **facts)
    return done_sentence(entry, step.flow_task.flow_class.instance.nodes())


def _claim(step: StepRow, by: Actor) -> None:
    """Take a step that no colleague took since it was chosen; taking over is asked one by one."""
    with step.flow_task.flow_class.lock(step.process_id):
        fresh = StepRow.objects.select_related("owner", "organization").get(pk=step.pk)
        shared = by.person.shares_desk_of(fresh.owner_id, fresh.office, fresh.organization_id)
        if fresh.assigned and fresh.holder is not None and not shared:
            raise Gone(_("%(name)s vừa nhận việc này.") % {"name": fresh.holder.full_name})
        desk.claim(step.process_id, step.pk, by=by)


def _end(job: BulkJob, *, tell: bool) -> None:
    """Close the job when no row waits; else let go of it, so that the next turn may come at once."""
    with transaction.atomic():
        running = BulkJob.objects.filter(pk=job.pk, stage=Stage.RUNNING)
        if job.rows.filter(result=Result.WAITING).exists():
            running.update(lease_until=None)
        elif running.update(stage=Stage.DONE, lease_until=None):
            by = Actor(Person.objects.system(), behalf=job.person, origin="worker")
            entry = witness("bulk_end", by=by, subject=job, facts=_sums(job))
            if tell:
                _tell(job, entry)


def _tell(job: BulkJob, entry: Entry) -> None:
    """One notice to whoever began it, instead of one for each row."""
    sums = _sums(job)
    announce(entry, [job.person], "bulk_done", url=job.get_absolute_url(), title=title_of(job.act), **sums)


def _sums(job: BulkJob) -> dict[str, int]:
    """How many rows were done and how many were not."""
    counted = job.rows.aggregate(done=Count("pk", filter=Q(result=Result.DONE)), all=Count("pk"))
    return {"done": counted["done"], "left": counted["all"] - counted["done"]}
