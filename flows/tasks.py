"""Wake-ups; the rows are the truth, so each may be lost or run twice."""

from celery import shared_task

from . import desk, moves


@shared_task
def sweep_deadlines() -> int:
    """Look at every step whose moment has come."""
    return desk.sweep_deadlines()


@shared_task
def move_decided(decision_pk: int) -> int:
    """Move the dossiers of one issued decision; called right after it is issued."""
    return moves.move(decision_pk)


@shared_task
def sweep_moves() -> int:
    """Move what an earlier worker left: every issued decision with dossiers still waiting."""
    return sum(moves.move(pk) for pk in moves.unfinished())
