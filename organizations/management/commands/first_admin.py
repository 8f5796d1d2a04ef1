"""Open a new house: its first body, its first administrator, and the link by which they come in."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from audit.clock import today
from audit.ledger import Actor
from audit.models import House
from organizations import acts, invitations
from organizations.models import Appointment, Office, Organization, OrganizationKind, Person
from organizations.names import clean_line


class Command(BaseCommand):
    """`first_admin`: works while nobody keeps the register, and refuses from then on."""

    help = "Lập quản trị đầu tiên và in liên kết mời; từ chối khi đã có quản trị."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Address and name of the person; name of the root body when there is none yet."""
        parser.add_argument("--email", required=True, help="địa chỉ thư để đăng nhập")
        parser.add_argument("--name", required=True, help="họ và tên")
        parser.add_argument("--body", default="Uỷ ban nhân dân", help="tên cơ quan gốc, khi chưa có cơ quan nào")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it in one transaction and print the way in."""
        try:
            validate_email(options["email"])
            name, body = clean_line(options["name"], 120), clean_line(options["body"], 200)
        except (ValueError, ValidationError) as unclean:
            raise CommandError("Địa chỉ thư hoặc tên không dùng được. Hãy kiểm tra lại.") from unclean
        try:
            person, token = self.open_house(options["email"].lower(), name, body)
        except acts.Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        if token:
            self.stdout.write(f"Liên kết mời (một lần, {invitations.VALID_FOR.days} ngày):")
            self.stdout.write(invitations.link_of(token))
        else:
            self.stdout.write(f"{person.email} đã có mật khẩu: đăng nhập như thường lệ.")

    @transaction.atomic
    def open_house(self, email: str, name: str, body_name: str) -> tuple[Person, str]:
        """The administrator and the token of their invitation (empty when they have a password)."""
        House.objects.get_or_create(pk=1)
        House.objects.select_for_update().get(pk=1)  # two commands at once make one administrator
        if Appointment.objects.today().filter(office=Office.ADMIN).exists():
            raise CommandError("Đã có quản trị. Người đó phân công thêm quản trị khác ở trang Quản trị.")
        by = Actor(Person.objects.system(), origin="command")
        body = Organization.objects.valid_on(today()).order_by("path").first() or acts.add_organization(
            by=by, code="GOC", name=body_name, short_name=body_name[:80], kind=OrganizationKind.AUTHORITY, parent=None,
            valid_from=today(),
        )  # fmt: skip
        person = Person.objects.filter(email=email).first() or acts.add_person(by=by, email=email, full_name=name)
        if not person.is_active:
            person = acts.reactivate(person, by=by)
        acts.appoint(person, by=by, office=Office.ADMIN, organization=body)
        return person, "" if person.has_usable_password() else invitations.invite(person, by=by)
