"""Addresses of this floor."""

from django.urls import path

from . import views

app_name = "campaigns"
urlpatterns = [
    path("dot-thi-dua/", views.campaigns, name="list"),
    path("dot-thi-dua/<str:code>/", views.campaign, name="campaign"),
    path("dot-thi-dua/<str:code>/thanh-phan/<int:pk>/", views.paper_add, name="paper_add"),
    path("dot-thi-dua/<str:code>/tep/<int:pk>/", views.paper, name="paper"),
    path("dot-thi-dua/<str:code>/tep/<int:pk>/xem/", views.paper_preview, name="paper_preview"),
    path("dot-thi-dua/<str:code>/tep/<int:pk>/xem/<int:number>.png", views.paper_page, name="paper_page"),
]
