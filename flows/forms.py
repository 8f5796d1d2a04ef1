"""The form that begins a dossier."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.clock import today
from campaigns.models import Campaign
from organizations.models import Office, Organization, Person


class OpenForm(forms.Form):
    """A campaign that is open today, for one of the units whose author the person is."""

    place = forms.ChoiceField(label=_("Đợt thi đua và đơn vị"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, person: Person, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.open: dict[str, tuple[Campaign, Organization]] = {}
        for held in person.offices_today():
            if held.office == Office.AUTHOR:
                for campaign in Campaign.objects.open_for(held.organization, today()):
                    self.open[f"{campaign.pk}-{held.organization_id}"] = (campaign, held.organization)
        self.fields["place"].choices = [(key, self._label(*chosen)) for key, chosen in self.open.items()]
        if len(self.open) == 1:
            self.fields["place"].initial = next(iter(self.open))

    def _label(self, campaign: Campaign, unit: Organization) -> str:
        return _("%(campaign)s – %(unit)s (hạn nộp %(day)s)") % {
            "campaign": campaign.name, "unit": unit.short_name, "day": f"{campaign.last_day:%d/%m/%Y}",
        }  # fmt: skip

    def chosen(self) -> dict[str, Any]:
        """The campaign and the unit, by name."""
        campaign, unit = self.open[self.cleaned_data["place"]]
        return {"campaign": campaign, "unit": unit}
