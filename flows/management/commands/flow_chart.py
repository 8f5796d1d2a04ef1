"""Write a procedure as a picture, or as BPMN for another engine."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from flows.bpmn import Export
from flows.chart import Chart
from flows.flows import PROCEDURES

FORMATS = {"svg": lambda procedure: Chart(procedure).svg(), "bpmn": lambda procedure: Export(procedure).xml()}


class Command(BaseCommand):
    """`flow_chart campaign`: reads the procedure and the law, asks no database."""

    help = "Vẽ sơ đồ một quy trình (svg), hoặc xuất quy trình theo BPMN 2.0 (bpmn)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which procedure, in which form, and where to."""
        parser.add_argument("procedure", choices=sorted(PROCEDURES), help="quy trình")
        parser.add_argument("--format", choices=sorted(FORMATS), default="svg", help="dạng xuất ra; mặc định là svg")
        parser.add_argument("--output", type=Path, metavar="FILE", help="tệp ghi ra; không có thì in ra màn hình")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it, or write it into the file."""
        text = FORMATS[options["format"]](PROCEDURES[options["procedure"]])
        if options["output"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            options["output"].write_text(text, encoding="utf-8")
        except OSError as refusal:
            raise CommandError(f"Không ghi được {options['output']}. Hãy xem lại thư mục và quyền ghi.") from refusal
