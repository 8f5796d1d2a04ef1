"""Wake-ups; the rows are the truth, so each may be lost or run twice."""

from celery import shared_task

from . import bulk, digest, moves, sweeper, watch


@shared_task
def sweep_deadlines() -> int:
    """Look at every step whose moment has come."""
    return sweeper.sweep_deadlines()


@shared_task
def move_decided(decision_pk: int) -> int:
    """Move the dossiers of one issued decision; called right after it is issued."""
    return moves.move(decision_pk)


@shared_task
def sweep_moves() -> int:
    """Move what an earlier worker left: every issued decision with dossiers still waiting."""
    return sum(moves.move(pk) for pk in moves.unfinished())


@shared_task
def run_bulk(job_pk: int) -> int:
    """Do what waits of one bulk job; called when it is confirmed."""
    return bulk.run(job_pk)


@shared_task
def sweep_bulk() -> int:
    """Go on with bulk jobs that an earlier worker left."""
    return sum(bulk.run(pk) for pk in bulk.unfinished())


@shared_task
def keep_watch() -> list[str]:
    """Tell the administrators when the clock or the mail falls behind, and note when it has caught up."""
    return watch.watch()


@shared_task
def send_digests() -> int:
    """Make the digests of the morning that are due; what was made already is passed over."""
    return digest.send_digests()
