"""Addresses of this floor: the list of dossiers, the author's pages, papers, what goes out on paper."""

from django.urls import path

from . import files_pages, import_pages, list_page, out_pages, views

app_name = "dossiers"
urlpatterns = [
    path("ho-so/", list_page.dossiers, name="list"),
    path("ho-so/<str:code>/lap/", views.draft, name="draft"),
    path("ho-so/<str:code>/lap/them/", views.add_nominee, name="add_nominee"),
    path("ho-so/<str:code>/lap/dan/", import_pages.paste, name="paste"),
    path("ho-so/<str:code>/lap/excel/", import_pages.upload, name="upload"),
    path("ho-so/<str:code>/lap/ban-doc/", import_pages.report, name="list_report"),
    path("ho-so/<str:code>/lap/nhan/", import_pages.accept, name="accept_list"),
    path("ho-so/<str:code>/lap/bo-ban-doc/", import_pages.drop, name="drop_list"),
    path("ho-so/<str:code>/lap/<int:pk>/", views.change_nominee, name="change_nominee"),
    path("ho-so/<str:code>/lap/<int:pk>/xoa/", views.remove_nominee, name="remove_nominee"),
    path("ho-so/<str:code>/nhap/", views.scratch, name="scratch"),
    path("ho-so/<str:code>/nhap/bo/", views.discard, name="discard"),
    path("ho-so/<str:code>/giay-to/<str:component>/them/", files_pages.add_paper, name="add_paper"),
    path("ho-so/<str:code>/giay-to/<int:document>/thay/", files_pages.replace, name="replace"),
    path("ho-so/<str:code>/giay-to/<int:document>/go/", files_pages.remove, name="remove"),
    path("ho-so/<str:code>/tep/<int:version>/", files_pages.download, name="download"),
    path("ho-so/<str:code>/tep/<int:version>/xem/", files_pages.preview, name="preview"),
    path("ho-so/<str:code>/tep/<int:version>/xem/<int:page>.png", files_pages.preview_image, name="preview_image"),
    path("ho-so/<str:code>/mau-danh-sach.xlsx", out_pages.template, name="template"),
    path("ho-so/<str:code>/danh-sach.xlsx", out_pages.export, name="export"),
    path("ho-so/<str:code>/danh-sach/", out_pages.paper_list, name="paper_list"),
    path("ho-so/<str:code>/bien-nhan/<int:number>/", out_pages.receipt, name="receipt"),
]
