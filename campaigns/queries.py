"""Questions about campaigns."""

from datetime import date
from typing import Any

from django.db import models


class CampaignQuerySet(models.QuerySet):
    """Campaigns, all of which are public inside the house."""

    def open_for(self, organization: Any, day: date) -> "CampaignQuerySet":
        """Campaigns in which this body takes part and may still submit on `day`."""
        return self.filter(participants=organization, opens_on__lte=day, last_day__gte=day)
