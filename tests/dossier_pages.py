"""How tests speak to the pages of a dossier: their addresses, what they say, what a browser sends."""

import html

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import Entry


def url(page, dossier, /, **named):
    """The address of a page of a dossier."""
    return reverse(f"dossiers:{page}", kwargs={"code": dossier.code, **named})


def text_of(response):
    """What the page says, entities resolved."""
    return html.unescape(response.content.decode())


def body_of(response):
    """The bytes of an answer that streams."""
    content = b"".join(response.streaming_content)
    for close in response._resource_closers:
        close()
    response._resource_closers.clear()
    return content


def upload(content, name="bao-cao.pdf"):
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def entries(dossier):
    """Its moving entries, oldest first."""
    chain = Entry.objects.filter(chain_type="dossiers.dossier", chain_id=dossier.pk)
    return list(chain.order_by("position"))


def witnessed(act):
    """Witness entries of an act."""
    return list(Entry.objects.filter(kind="WITNESS", act=act).order_by("pk"))


def nominee(world, **changes):
    """What the form of a person carries."""
    return {
        "kind": "PERSON", "full_name": "Lò Thị Mẫu Xuân", "birth_year": "1985", "sex": "FEMALE", "title": "Công chức",
        "unit_name": "UBND xã An Mẫu", "award": str(world.award.pk), "result_percent": "95,5",
        "achievement": "Hoàn thành 19/20 cam kết.", **changes,
    }  # fmt: skip
