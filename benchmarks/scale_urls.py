"""Our addresses, and viewflow's site beside them."""

from django.urls import path
from viewflow.urls import Site
from viewflow.workflow.flow.viewset import FlowViewset, WorkflowAppViewset

from workflow_project.urls import urlpatterns as ours

from .stock import AwardFlow

site = Site(title="stock", viewsets=[WorkflowAppViewset(flow_viewsets=[FlowViewset(AwardFlow)])])
urlpatterns = [*ours, path("stock/", site.urls)]
