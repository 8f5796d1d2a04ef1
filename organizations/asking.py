"""One page that asks: a form, what will happen, one button; every change of the register goes through it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from .acts import Refusal
from .questions import Question


def ask(request: HttpRequest, question: Question, form: Form, act: Callable[..., Any]) -> HttpResponse:
    """Show the page, or do the act with what was typed and go back; a refusal stays on the page with the text.

    act       called with `by=` the administrator and the form's fields; may return the address to go to
    """
    if request.method == "POST" and form.is_valid():
        try:
            made = act(by=request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            if question.done:
                messages.success(request, question.done)
            return redirect(made if isinstance(made, str) else question.back)
    return render(request, "organizations/ask.html", {"question": question, "form": form})
