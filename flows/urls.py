"""Addresses of the desk, the dossier page and the acts, of sittings and of decisions."""

from django.urls import path

from . import decision_urls, sitting_urls, views

app_name = "flows"
urlpatterns = [
    path("ban-viec/", views.desk, name="desk"),
    path("ho-so/lap-moi/", views.open_dossier, name="open"),
    path("ho-so/<str:code>/", views.dossier, name="dossier"),
    path("ho-so/<str:code>/nhan-tre/", views.accept_late, name="accept_late"),
    path("viec/<int:passage>/<str:node>/<int:step>/", views.act, name="act"),
    path("viec/<int:passage>/<str:node>/<int:step>/nhan/", views.claim, name="claim"),
    path("viec/<int:passage>/<str:node>/<int:step>/tra/", views.release, name="release"),
    *sitting_urls.urlpatterns,
    *decision_urls.urlpatterns,
]
