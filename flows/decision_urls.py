"""Addresses of the decision."""

from django.urls import path

from . import decision_pages as pages

urlpatterns = [
    path("quyet-dinh/", pages.decisions, name="decisions"),
    path("quyet-dinh/lap/", pages.decision_new, name="decision_new"),
    path("quyet-dinh/<int:pk>/", pages.decision, name="decision"),
    path("quyet-dinh/<int:pk>/dua-vao/", pages.decision_add, name="decision_add"),
    path("quyet-dinh/<int:pk>/dua-ra/", pages.decision_remove, name="decision_remove"),
    path("quyet-dinh/<int:pk>/gach/", pages.decision_strike, name="decision_strike"),
    path("quyet-dinh/<int:pk>/ban-hanh/", pages.decision_issue, name="decision_issue"),
    path("quyet-dinh/<int:pk>/bo-du-thao/", pages.decision_drop, name="decision_drop"),
    path("quyet-dinh/<int:pk>/in/", pages.decision_print, name="decision_print"),
]
