"""What is sent about a campaign: the file of a common paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

CHOOSE_FILE = _("Chưa chọn tệp. Hãy chọn tệp rồi gửi lại.")


class PaperForm(forms.Form):
    """One file for one component that serves the whole campaign."""

    file = forms.FileField(
        label=_("Tệp (PDF, Word, Excel hoặc ảnh)"),
        error_messages={"required": CHOOSE_FILE, "empty": CHOOSE_FILE, "missing": CHOOSE_FILE, "invalid": CHOOSE_FILE},
    )
