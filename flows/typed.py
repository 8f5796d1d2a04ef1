"""What was typed into the form of an act: kept word for word when the act could not be done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from dossiers.forms import ActForm
from dossiers.models import Dossier


@dataclass(frozen=True, slots=True)
class Typed:
    """What came with a form that could not be done: the text, and why."""

    data: Mapping[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    by_name: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Any, form: ActForm, sentences: list[str]) -> "Typed":
        """The typed text with the form's errors and the refusal's sentences; verdict errors by nomination."""
        by_name: dict[str, list[str]] = {}
        errors = list(sentences)
        for name, found in form.errors.as_data().items():
            for error in found:
                if error.code and error.code.startswith("why-"):
                    by_name.setdefault(error.code, []).extend(error.messages)
                else:
                    label = form.fields[name].label if name in form.fields else ""
                    errors += [f"{label}: {text}" if label else text for text in error.messages]
        return cls(data, errors, by_name)

    @property
    def papers(self) -> list[str]:
        """Codes of the papers ticked."""
        return self.data.getlist("papers") if hasattr(self.data, "getlist") else []


def kept_texts(data: Any, dossier: Dossier) -> dict[str, str]:
    """{label as on the screen: text} of a form that came too late, to be copied from the page that says so."""
    kept = {str(_("Lý do")): data.get("reason", "")}
    for name in dossier.names if any(key.startswith("why-") and data[key] for key in data) else []:
        if why := data.get(f"why-{name.pk}"):
            kept[f"{name.position}. {name.full_name}"] = why
    return kept
