"""Time as dated data: how long a step may take, when its people are reminded, what must be waited for."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

INTERNAL_SOURCE = "nội bộ"


class Dated(models.Model):
    """A rule of one campaign, or of all (`campaign` empty), from a day until a day."""

    campaign = models.ForeignKey("campaigns.Campaign", models.CASCADE, null=True, blank=True, related_name="+")
    clause = models.CharField(_("căn cứ"), max_length=300, help_text="the article, or 'nội bộ'")
    valid_from = models.DateField(_("áp dụng từ ngày"))
    valid_until = models.DateField(_("đến hết ngày"), null=True, blank=True)

    class Meta:
        abstract = True


class DeadlineRule(Dated):
    """How long the dossier has at a step: a fixed date, or so many working days after or before something.

    Of several rules that fit, the narrower stands: award over any award, regime over any regime, campaign over all.
    Source: domain.md 6
    """

    class Nature(models.TextChoices):
        """Whose deadline it is; a step may have one of each."""

        LEGAL = "LEGAL", _("Hạn theo quy định")
        INTERNAL = "INTERNAL", _("Hạn nội bộ")

    class Kind(models.TextChoices):
        """How the day is found."""

        FIXED = "FIXED", _("Ngày cố định")
        AFTER = "AFTER", _("Số ngày làm việc kể từ")
        BEFORE = "BEFORE", _("Số ngày làm việc trước")

    class Anchor(models.TextChoices):
        """What AFTER and BEFORE count from."""

        RECEIPT = "RECEIPT", _("ngày nhận đủ hồ sơ hợp lệ")
        STEP = "STEP", _("ngày việc đến bước này")
        LAST_DAY = "LAST_DAY", _("hạn nộp hồ sơ của đợt")
        RESULTS = "RESULTS", _("ngày chốt kết quả của đợt")
        CEREMONY = "CEREMONY", _("ngày hội nghị tổng kết")

    class AfterSupplement(models.TextChoices):
        """What a supplement does to the days of a desk.  Source: domain.md 6, internal; default resume."""

        RESUME = "RESUME", _("tính tiếp")
        RESTART = "RESTART", _("tính lại từ đầu")

    nature = models.CharField(_("tính chất"), max_length=8, choices=Nature.choices, default=Nature.INTERNAL)
    node = models.CharField(_("bước"), max_length=30, blank=True, help_text="empty: every step after valid receipt")
    award = models.CharField(_("hình thức khen thưởng"), max_length=20, blank=True, help_text="code; empty: any")
    regime = models.CharField(_("bộ quy định"), max_length=5, blank=True, help_text="empty: any")
    kind = models.CharField(_("cách tính"), max_length=6, choices=Kind.choices, default=Kind.AFTER)
    anchor = models.CharField(_("mốc"), max_length=8, choices=Anchor.choices, default=Anchor.STEP, blank=True)
    working_days = models.PositiveSmallIntegerField(_("số ngày làm việc"), null=True, blank=True)
    day = models.DateField(_("ngày"), null=True, blank=True)
    after_supplement = models.CharField(
        _("sau khi đơn vị bổ sung"), max_length=7, choices=AfterSupplement.choices, default=AfterSupplement.RESUME
    )

    class Meta:
        ordering = ["node", "nature", "-valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="FIXED", day__isnull=False) | (~Q(kind="FIXED") & Q(working_days__isnull=False)),
                name="deadline_rule_whole",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="deadline_rule_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node or '*'}: {self.get_kind_display()} {self.working_days or self.day}"


class Rung(Dated):
    """One rung of the ladder: so many working days before or after the deadline, these people are told.

    Source: domain.md 6
    """

    class Audience(models.TextChoices):
        """Who is told."""

        HOLDER = "HOLDER", _("người giữ việc, hoặc cả phòng")
        HEAD = "HEAD", _("thủ trưởng cơ quan")
        CHAIR = "CHAIR", _("người ký quyết định")

    offset = models.SmallIntegerField(_("số ngày làm việc so với hạn"))
    audience = models.CharField(_("báo cho"), max_length=6, choices=Audience.choices)

    class Meta:
        ordering = ["offset", "audience"]

    def __str__(self) -> str:
        return f"{self.offset:+d}: {self.get_audience_display()}"


class MinimumWait(Dated):
    """An act that must wait so many working days after something, such as a public notice.  Source: law.md 2.6"""

    class Since(models.TextChoices):
        """What the wait counts from."""

        NOTICE = "NOTICE", _("ngày đăng công khai")
        RECEIPT = "RECEIPT", _("ngày nhận đủ hồ sơ hợp lệ")

    act = models.CharField(_("việc phải chờ"), max_length=30)
    since = models.CharField(_("kể từ"), max_length=8, choices=Since.choices, default=Since.NOTICE)
    working_days = models.PositiveSmallIntegerField(_("số ngày làm việc"))
    award = models.CharField(_("hình thức khen thưởng"), max_length=20, blank=True, help_text="code; empty: any")

    class Meta:
        ordering = ["act", "id"]

    def __str__(self) -> str:
        return f"{self.act}: {self.working_days}"
