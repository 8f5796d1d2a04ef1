"""Addresses of one act on many dossiers."""

from django.urls import path

from . import bulk_pages

urlpatterns = [
    path("ban-viec/hang-loat/", bulk_pages.bulk_jobs, name="bulk_jobs"),
    path("ban-viec/hang-loat/<int:pk>/", bulk_pages.bulk_job, name="bulk_job"),
    path("ban-viec/hang-loat/<int:pk>/lam/", bulk_pages.bulk_run, name="bulk_run"),
    path("ban-viec/hang-loat/<int:pk>/bo/", bulk_pages.bulk_drop, name="bulk_drop"),
    path("ban-viec/hang-loat/<int:pk>/chon-lai/", bulk_pages.bulk_again, name="bulk_again"),
]
