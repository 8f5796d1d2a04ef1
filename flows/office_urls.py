"""Addresses of a head's pages about their office's work."""

from django.urls import path

from . import office_pages

urlpatterns = [
    path("phong/", office_pages.office, name="office"),
    path("phong/<str:code>/viec/", office_pages.office_steps, name="office_steps"),
    path("phong/<str:code>/giao/", office_pages.office_assign, name="office_assign"),
    path("phong/<str:code>/tre.csv", office_pages.office_late, name="office_late"),
]
