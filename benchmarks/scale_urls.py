"""Our addresses, and viewflow's site beside them."""

from django.urls import path
from viewflow.urls import Site
from viewflow.workflow.flow import FlowAppViewset

from workflow_project.urls import urlpatterns as ours

from .stock import AwardFlow

site = Site(title="stock", viewsets=[FlowAppViewset(AwardFlow, app_name="award")])
urlpatterns = [*ours, path("stock/", site.urls)]
