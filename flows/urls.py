"""Addresses of the desk, the dossier page and the acts, of sittings and of decisions."""

from django.urls import path

from . import (
    bulk_urls,
    decision_urls,
    desk_urls,
    ics_pages,
    office_urls,
    sitting_urls,
    substitution_urls,
    time_urls,
    told_page,
    views,
)

app_name = "flows"
urlpatterns = [
    *desk_urls.urlpatterns,
    path("ho-so/lap-moi/", views.open_dossier, name="open"),
    path("ho-so/<str:code>/", views.dossier, name="dossier"),
    path("ho-so/<str:code>/thu/", told_page.told, name="told"),
    path("ho-so/<str:code>/nhan-tre/", views.accept_late, name="accept_late"),
    path("ho-so/<str:code>/han.ics", ics_pages.dossier_file, name="dossier_file"),
    path("lich/", ics_pages.feed, name="feed"),
    path("lich/tao/", ics_pages.feed_make, name="feed_make"),
    path("lich/thu-hoi/", ics_pages.feed_revoke, name="feed_revoke"),
    path("lich/<str:token>.ics", ics_pages.own_file, name="own_file"),
    path("viec/<int:passage>/<str:node>/<int:step>/", views.act, name="act"),
    path("viec/<int:passage>/<str:node>/<int:step>/nhan/", views.claim, name="claim"),
    path("viec/<int:passage>/<str:node>/<int:step>/tra/", views.release, name="release"),
    *time_urls.urlpatterns,
    *bulk_urls.urlpatterns,
    *office_urls.urlpatterns,
    *substitution_urls.urlpatterns,
    *sitting_urls.urlpatterns,
    *decision_urls.urlpatterns,
]
