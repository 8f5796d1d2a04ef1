"""./run manage verify_ledger: walk every chain of the ledger and say what is not as it was written."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from audit.ledger import faults
from audit.models import Chained, Entry


def chained_models() -> list[Any]:
    """Every model that carries the head of a chain."""
    return [model for model in apps.get_models() if issubclass(model, Chained)]


def all_faults() -> Iterator[str]:
    """Faults of all chains, and chains whose holder is gone."""
    known = {model._meta.label_lower: model for model in chained_models()}
    for model in known.values():
        for holder in model._base_manager.iterator():
            yield from faults(holder)
    for name, model in known.items():
        held = Entry.objects.filter(chain_type=name).order_by().values_list("chain_id", flat=True).distinct()
        gone = set(held) - set(model._base_manager.values_list("pk", flat=True))
        yield from (f"{name}:{pk}: còn dòng nhật ký mà không còn bản ghi" for pk in sorted(gone))
    for name in set(Entry.objects.order_by().values_list("chain_type", flat=True).distinct()) - known.keys():
        yield f"{name}: dòng nhật ký của một chuỗi không rõ"


class Command(BaseCommand):
    """Verify the whole ledger."""

    help = "Kiểm tra mọi chuỗi nhật ký: nội dung, thứ tự, đầu chuỗi. Có sai lệch thì kết thúc với mã lỗi."

    def handle(self, **options):
        """Print each fault; end with an error when there is one."""
        found = 0
        for fault in all_faults():
            self.stdout.write(fault)
            found += 1
        if found:
            raise CommandError(f"Nhật ký có {found} sai lệch.")
        self.stdout.write(f"Nhật ký nguyên vẹn: {Entry.objects.count()} dòng.")
