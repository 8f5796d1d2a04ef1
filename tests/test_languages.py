"""Two languages: every sentence of the screen is in the English catalogue, and a page speaks one language at a time."""

import ast
import gettext
import re
from collections import Counter
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import CharField, TextField
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale/en/LC_MESSAGES/django.po"
UNSPOKEN = {"tests", "benchmarks", "var", "docs", "locale", "static", "assets"}
CALLS = {"gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2, "ngettext_lazy": 2}  # sentences of a call
VIETNAMESE = re.compile(r"\w*[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]\w*", re.IGNORECASE)
KEPT = re.compile(r"%\(\w+\)[sd]|%%|</?[a-z]+[ />]|#")  # what a translation may not lose: values, marks, tags
# how a template's sentences stand after templatize
ASKED = re.compile(r"""gettext\(u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|_\(("[^"]*"|'[^']*')\)""")
DATA = "organizations campaigns councils decisions dossiers".split()  # their rows are written by people


# ---- the catalogue


def entries(text):
    """[(flags, sentence, its plural or "", [translations])] of a .po file without its header."""
    found = []
    for block in re.split(r"\n\s*\n", text.strip()):
        parts, flags, last = {}, "", None
        for line in block.splitlines():
            if line.startswith("#"):
                flags += line + "\n"
            elif line:
                word, quoted = re.fullmatch(r'(?:(\w+(?:\[\d\])?) )?(".*")', line).groups()
                last = word or last
                parts[last] = parts.get(last, "") + ast.literal_eval(quoted)
        if parts.get("msgid"):
            said = [value for word, value in parts.items() if word.startswith("msgstr")]
            found.append((flags, parts["msgid"], parts.get("msgid_plural", ""), said))
    return found


def faults(text):
    """The sentences of a catalogue that are not translated whole."""
    wrong = re.findall(r"^#~ msgid (.*)", text, re.MULTILINE)  # what nobody says any more
    for flags, sentence, plural, said in entries(text):
        whole = all(one.strip() and Counter(KEPT.findall(one)) == Counter(KEPT.findall(sentence)) for one in said)
        if "fuzzy" in flags or not whole or len(said) != (2 if plural else 1):
            wrong.append(sentence)
    return wrong


def test_every_sentence_is_translated_whole():
    assert len(entries(CATALOGUE.read_text())) > 1000
    assert faults(CATALOGUE.read_text()) == []


@pytest.mark.parametrize(
    "planted",
    [
        'msgid "Hạn %(day)s"\nmsgstr ""',
        'msgid "Hạn %(day)s"\nmsgstr "Due %(date)s"',
        'msgid "Hạn %(day)s"\nmsgstr "Due today"',
        '#~ msgid "Hạn %(day)s"\n#~ msgstr "Due %(day)s"',
        '#, fuzzy\nmsgid "Hạn %(day)s"\nmsgstr "Due %(day)s"',
        'msgid "còn %(n)s"\nmsgid_plural "còn %(n)s"\nmsgstr[0] "%(n)s left"\nmsgstr[1] ""',
        'msgid "còn %(n)s"\nmsgid_plural "còn %(n)s"\nmsgstr[0] "%(n)s left"',
    ],
)
def test_a_sentence_translated_badly_is_noticed(planted):
    assert len(faults(f'msgid ""\nmsgstr "Language: en"\n\n{planted}\n')) == 1


def differences(text, stream):
    """The sentences of which a written and a compiled catalogue do not say the same."""
    written, compiled = {}, dict(gettext.GNUTranslations(stream)._catalog)
    for _, sentence, plural, said in entries(text):
        written |= {(sentence, form): one for form, one in enumerate(said)} if plural else {sentence: said[0]}
    compiled.pop("")
    return {key for key, _ in written.items() ^ compiled.items()}


def test_the_compiled_catalogue_says_what_the_written_one_says():
    text, compiled = CATALOGUE.read_text(), CATALOGUE.with_suffix(".mo").read_bytes()
    assert differences(text, BytesIO(compiled)) == set()
    assert differences(text.replace('msgstr "Overdue"', 'msgstr "Late"'), BytesIO(compiled)) == {"Quá hạn"}
    assert differences(text + '\nmsgid "Câu mới"\nmsgstr "New"\n', BytesIO(compiled)) == {"Câu mới"}


# ---- the sources


def said_in_code(text):
    """The sentences a module hands to gettext, by whatever name it imported it."""
    tree, names = ast.parse(text), dict(CALLS)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {a.asname: CALLS[a.name] for a in node.names if a.asname and a.name in CALLS}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if node.args and called in names and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def said_in_template(text):
    """The sentences of translate, blocktranslate and _() in a template."""
    for quoted in ASKED.findall(templatize(text)):
        yield ast.literal_eval(next(filter(None, quoted)))


def said():
    """Every sentence of the product."""
    for folder in ROOT.iterdir():
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in UNSPOKEN:
            for path in folder.rglob("*"):
                if path.suffix == ".py":
                    yield from said_in_code(path.read_text())
                elif path.suffix in (".html", ".txt"):
                    yield from said_in_template(path.read_text())


def unknown(sentences):
    """Those the catalogue does not have."""
    return sorted(set(sentences) - {sentence for _, sentence, _, _ in entries(CATALOGUE.read_text())})


def test_every_sentence_of_templates_and_code_is_in_the_catalogue():
    sentences = set(said())
    assert len(sentences) > 1000
    assert unknown(sentences) == []


def test_the_catalogue_has_no_sentence_that_nobody_says():
    assert {sentence for _, sentence, _, _ in entries(CATALOGUE.read_text())} - set(said()) == set()


@pytest.mark.parametrize(
    "planted",
    [
        '{% load i18n %}<p title="{% translate "Câu chưa dịch" %}">',
        "{% load i18n %}{% translate 'Câu chưa dịch' as word %}",
        "{% load i18n %}{% blocktranslate %}Câu chưa dịch{% endblocktranslate %}",
        '{% include "x.html" with label=_("Câu chưa dịch") %}',
    ],
)
def test_a_new_sentence_in_a_template_is_noticed(planted):
    assert unknown(said_in_template(planted)) == ["Câu chưa dịch"]


def test_a_new_sentence_with_values_is_noticed_as_gettext_will_ask_for_it():
    planted = "{% load i18n %}{% blocktranslate with n=x %}Câu {{ n }} chưa dịch{% endblocktranslate %}"
    assert unknown(said_in_template(planted)) == ["Câu %(n)s chưa dịch"]


@pytest.mark.parametrize(
    "planted",
    [
        "from django.utils.translation import gettext as _\n_('Câu chưa dịch')",
        "from django.utils.translation import gettext_lazy as later\nX = {1: later('Câu chưa dịch')}",
        "from django.utils import translation\ntranslation.ngettext('Câu chưa dịch', 'x', 2)",
    ],
)
def test_a_new_sentence_in_code_is_noticed(planted):
    assert unknown(said_in_code(planted)) == ["Câu chưa dịch"]


# ---- the pages


def texts(html):
    """What a reader of the page sees or hears: its text, and the attributes that are read out or shown."""
    html = re.sub(r'<button[^>]*\blang="\w+"[^>]*>.*?</button>', " ", html)  # the switch names the other language
    html = re.sub(r"<!--.*?-->|<script.*?</script>|<style.*?</style>", " ", html, flags=re.DOTALL)
    heard = re.findall(r'\b(?:title|alt|placeholder|label|aria-\w+|data-[\w-]+)="([^"]*)"', html)
    return [unescape(re.sub(r"\s+", " ", text)).strip() for text in [*heard, *re.findall(r">([^<]+)<", html)]]


def written_by_people():
    """The names, clauses and other data of the house, longest first."""
    found = set()
    for model in apps.get_models():
        if model._meta.app_label in DATA:
            columns = [f.name for f in model._meta.fields if isinstance(f, CharField | TextField) and not f.choices]
            for row in model._default_manager.values_list(*columns) if columns else ():
                found |= {re.sub(r"\s+", " ", value) for value in row if value and VIETNAMESE.search(value)}
    return sorted(found, key=len, reverse=True)


def vietnamese_in(html):
    """The Vietnamese of a page that is nobody's data."""
    data = re.compile("|".join(map(re.escape, written_by_people())))
    left = [data.sub(" ", text) for text in texts(html)]
    return [text for text in left if VIETNAMESE.search(text)]


def english_in(html):
    """The sentences of the English catalogue on a page."""
    known = entries(CATALOGUE.read_text())
    english = {one for _, sentence, _, translations in known for one in translations if one != sentence}
    return sorted(english & set(texts(html)))


def pages(client, world):
    """{name: html} of the sign-in page, the desk and a dossier, as an officer meets them."""
    answers = {"sign-in": client.get("/dang-nhap/")}
    client.force_login(world.finance)
    dossier = world.submitted()
    answers["desk"] = client.get("/ban-viec/?nhom=chung")
    answers["dossier"] = client.get(dossier.get_absolute_url())
    assert {answer.status_code for answer in answers.values()} == {200}
    assert dossier.code in answers["desk"].content.decode()
    return {name: answer.content.decode() for name, answer in answers.items()}


def test_a_reader_who_chose_english_reads_no_vietnamese_but_names_and_clauses(client, world):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    shown = pages(client, world)
    assert all('<html lang="en">' in html for html in shown.values())
    assert {name: vietnamese_in(html) for name, html in shown.items()} == {name: [] for name in shown}
    assert all(len(english_in(html)) > 5 for html in shown.values())


def test_a_reader_who_chose_nothing_reads_no_english(client, world):
    shown = pages(client, world)
    assert all('<html lang="vi">' in html for html in shown.values())
    assert {name: english_in(html) for name, html in shown.items()} == {name: [] for name in shown}
    assert all(vietnamese_in(html) for html in shown.values())


def test_a_vietnamese_word_left_on_an_english_page_is_noticed(world):
    person = world.finance.full_name
    page = f'<html lang="en"><p title="{person}">{person}: Dossier</p><button lang="vi">Tiếng Việt</button></html>'
    assert vietnamese_in(page) == []
    assert vietnamese_in(page.replace("Dossier", "Hồ sơ")) == [" : Hồ sơ"]
    assert vietnamese_in(page.replace("title=", 'aria-label="Bàn việc" title=')) == ["Bàn việc"]


def test_an_english_word_on_a_vietnamese_page_is_noticed():
    page = '<html lang="vi"><a title="Bàn việc">Bàn việc</a><button lang="en">English</button></html>'
    assert english_in(page) == []
    for planted in (page.replace(">Bàn việc", ">Desk"), page.replace('"Bàn việc"', '"Desk"')):
        assert english_in(planted) == ["Desk"]
