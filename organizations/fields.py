"""Form fields through which every typed text enters: cleaned, bounded, and refused in words."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .names import clean_line, clean_text

LINE_LIMIT = 200  # characters
TEXT_LIMIT = 2_000  # characters


class CleanCharField(forms.CharField):
    """One line of text, at most `max_length` characters after cleaning.

    The page gets no maxlength: browsers would cut a pasted text without a word.
    """

    default_error_messages = {"required": _("Ô này chưa điền. Hãy điền rồi gửi lại.")}
    default_limit = LINE_LIMIT
    cleaned = staticmethod(clean_line)

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.limit = max_length or self.default_limit

    def to_python(self, value: Any) -> Any:
        """The text as it may be stored.

        Raises    ValidationError that says what to do
        """
        if value in self.empty_values:
            return self.empty_value
        try:
            return self.cleaned(str(value), self.limit) or self.empty_value
        except ValueError as refusal:
            raise ValidationError(str(refusal), code="unclean") from refusal


class CleanTextField(CleanCharField):
    """Text of several lines, at most `max_length` characters after cleaning."""

    widget = forms.Textarea
    default_limit = TEXT_LIMIT
    cleaned = staticmethod(clean_text)
