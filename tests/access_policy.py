"""Who gets which answer at which address: kept by hand, read by whoever answers for it, proved by test_access.

One line: address name | methods | what it is asked about | who: answer; who: answer; …

People      the twelve offices, each held where the campaign of the test places it; a star is the same office held
            elsewhere (xã Bình Mẫu); `finance_head` and `standing_head` lead those two bodies; `none` is signed in and
            holds no office; `nobody` is not signed in.  The first clause that names a person counts; `rest` is every
            signed-in person not named before.
Nobody      where a line does not say otherwise, nobody is sent to the sign-in page.
Objects     a dossier of xã An Mẫu in the state named (`later`: on its way, and ended), `neighbour`: one of xã Bình Mẫu
            on the same desk as `proposing`; `missing`: there is no such thing; `-`: about nothing in particular.
Methods     GET brings HEAD with the same answer.  Every method not named at all for an address is answered 405,
            to everybody, whatever it is asked about.
Answers     200 page, 204 taken, 302 done or led elsewhere, 403 not your office, 404 you may not know of it,
            405 not this method, 409 too late (also before 403), 422 what was typed does not fit.
"""

OFFICES = (
    "author head finance home_affairs secretary member chair chancery signatory cluster inspector admin"
    " finance_head standing_head"
).split()
STARRED = [
    f"{office}*" for office in OFFICES if office not in ("finance_head", "standing_head")
]  # every office held elsewhere
EVERYONE = [*OFFICES, *STARRED, "none", "nobody"]

# domain.md 2.1: who sees a dossier, and when
_UNIT, _DESKS = "author head inspector", "finance home_affairs chancery finance_head standing_head"
_COUNCIL, _SIGNATORY = "secretary member chair", "signatory"
READERS = {
    "draft": f"{_UNIT}",
    "proposing": f"{_UNIT} {_DESKS}",
    "agenda": f"{_UNIT} {_DESKS} {_COUNCIL}",
    "deliberating": f"{_UNIT} {_DESKS} {_COUNCIL}",
    "deciding": f"{_UNIT} {_DESKS} {_COUNCIL} {_SIGNATORY}",
    "reserved": f"{_UNIT} {_DESKS} {_COUNCIL} {_SIGNATORY}",
    "decided": f"{_UNIT} {_DESKS} {_COUNCIL} {_SIGNATORY}",
    "lapsed": f"{_UNIT} standing_head",
    "neighbour": f"author* head* inspector inspector* {_DESKS}",
    "missing": "",
    # a common decision: whole for those who sign, keep the papers or inspect; a unit reads its own lines when issued
    "decision.draft": "signatory chancery inspector",
    "decision.issued": "signatory chancery inspector author head",
    "decision.other": "signatory* chancery* inspector inspector*",
    # a sitting: those who sit in that council
    "sitting.own": _COUNCIL,
    "sitting.other": "secretary* member* chair*",
}
# domain.md 2.1: the unit reads verdicts when the dossier is returned and at the end
HEARERS = {
    state: who if state in ("draft", "decided") else who.replace(_UNIT, "inspector") for state, who in READERS.items()
}

OBJECTS = {
    "-": ["-"],
    "later": ["proposing", "decided"],
    "dossier": ["draft", "proposing", "deliberating", "deciding", "decided", "lapsed", "neighbour", "missing"],
    "submitted": ["proposing", "deliberating", "deciding", "decided", "neighbour"],
}

GROUPS = {
    "unit": "author head",
    "council": "secretary member chair",
    "councils": "secretary member chair secretary* member* chair*",
    "admins": "admin admin*",  # the register is one for the whole house: this office is not bound to a place
    "placed": " ".join([*OFFICES, *STARRED]),
    "deciders": "signatory chancery author head finance_head standing_head inspector"
    " signatory* chancery* author* head* inspector*",
    "everyone": " ".join(EVERYONE),
}

ROWS = """
# ---- the door
home                              | GET      | -          | everyone: 302
healthz                           | GET      | -          | everyone: 200
set_language                      | POST     | -          | everyone: 302
account_login                     | GET POST | -          | nobody: 200; rest: 302
account_logout                    | POST     | -          | everyone: 302
account_inactive                  | GET      | -          | everyone: 200
account_change_password           | GET POST | -          | rest: 200
account_reset_password            | GET POST | -          | everyone: 200
account_reset_password_done       | GET      | -          | everyone: 200
account_reset_password_from_key   | GET POST | missing    | everyone: 200
account_reset_password_from_key_done | GET   | -          | everyone: 200
account_set_password              | GET      | -          | everyone: 302
organizations:invitation          | GET POST | invitation | everyone: 200
organizations:invitation          | GET POST | missing    | everyone: 404

# ---- the demo's liberties exist in the demo only
demo_sign_in                      | POST     | -          | everyone: 404
demo_next_day                     | POST     | -          | everyone: 404
demo_mail                         | GET      | -          | everyone: 404
demo_letter                       | GET      | missing    | everyone: 404

# ---- what one was told
notifications:list                | GET      | -          | rest: 200
notifications:read_all            | POST     | -          | rest: 302
notifications:read                | POST     | notice     | head: 302; rest: 404
notifications:read                | POST     | missing    | rest: 404

# ---- the desk and the dossier
flows:desk                        | GET      | -          | rest: 200
flows:open                        | GET      | -          | author author*: 200; rest: 404
flows:open                        | POST     | -          | author: 302; author*: 422; rest: 404
flows:dossier                     | GET      | dossier    | readers: 200; rest: 404
flows:act                         | GET      | dossier    | readers: 302; rest: 404
flows:act                         | POST     | draft      | author: 302; readers: 403; rest: 404
flows:act                         | POST     | proposing  | finance: 302; readers: 403; rest: 404
flows:act                         | POST     | deliberating | secretary: 302; readers: 403; rest: 404
flows:act                         | POST     | deciding   | signatory: 302; readers: 403; rest: 404
flows:act                         | POST     | decided    | readers: 409; rest: 404
flows:act                         | POST     | lapsed     | readers: 409; rest: 404
flows:act                         | POST     | neighbour  | finance: 302; readers: 403; rest: 404
flows:act                         | POST     | missing    | rest: 404
flows:claim                       | POST     | draft      | author: 302; readers: 403; rest: 404
flows:claim                       | POST     | proposing  | finance: 302; readers: 403; rest: 404
flows:claim                       | POST     | deliberating | secretary: 302; readers: 403; rest: 404
flows:claim                       | POST     | deciding   | signatory: 302; readers: 403; rest: 404
flows:claim                       | POST     | decided    | readers: 409; rest: 404
flows:claim                       | POST     | lapsed     | readers: 409; rest: 404
flows:claim                       | POST     | neighbour  | finance: 302; readers: 403; rest: 404
flows:claim                       | POST     | missing    | rest: 404
flows:release                     | POST     | draft      | author: 302; readers: 403; rest: 404
flows:release                     | POST     | proposing  | readers: 403; rest: 404
flows:release                     | POST     | deliberating | secretary: 302; readers: 403; rest: 404
flows:release                     | POST     | deciding   | signatory: 302; readers: 403; rest: 404
flows:release                     | POST     | decided    | readers: 409; rest: 404
flows:release                     | POST     | lapsed     | readers: 409; rest: 404
flows:release                     | POST     | neighbour  | readers: 403; rest: 404
flows:release                     | POST     | missing    | rest: 404
flows:accept_late                 | GET      | lapsed     | standing_head: 200; readers: 403; rest: 404
flows:accept_late                 | POST     | lapsed     | standing_head: 302; readers: 403; rest: 404
flows:accept_late                 | GET POST | draft      | readers: 409; rest: 404
flows:accept_late                 | GET POST | later      | readers: 409; rest: 404
flows:accept_late                 | GET POST | neighbour  | readers: 409; rest: 404
flows:accept_late                 | GET POST | missing    | rest: 404

# ---- the author's pages
dossiers:list                     | GET      | -          | rest: 200
dossiers:draft                    | GET POST | draft      | author: 200 302; readers: 403; rest: 404
dossiers:draft                    | GET      | later      | author: 302; readers: 403; rest: 404
dossiers:draft                    | POST     | later      | readers: 409; rest: 404
dossiers:draft                    | GET      | neighbour  | author*: 302; readers: 403; rest: 404
dossiers:draft                    | POST     | neighbour  | readers: 409; rest: 404
dossiers:draft                    | GET POST | missing    | rest: 404
dossiers:add_nominee              | GET POST | draft      | author: 200 302; readers: 403; rest: 404
dossiers:add_nominee              | GET      | later      | author: 302; readers: 403; rest: 404
dossiers:add_nominee              | POST     | later      | readers: 409; rest: 404
dossiers:add_nominee              | POST     | neighbour  | readers: 409; rest: 404
dossiers:add_nominee              | GET POST | missing    | rest: 404
dossiers:paste                    | GET POST | draft      | author: 200 302; readers: 403; rest: 404
dossiers:paste                    | GET      | later      | author: 302; readers: 403; rest: 404
dossiers:paste                    | POST     | later      | readers: 409; rest: 404
dossiers:paste                    | POST     | neighbour  | readers: 409; rest: 404
dossiers:paste                    | GET POST | missing    | rest: 404
dossiers:upload                   | POST     | draft      | author: 200; readers: 403; rest: 404
dossiers:upload                   | POST     | later      | readers: 409; rest: 404
dossiers:upload                   | POST     | neighbour  | readers: 409; rest: 404
dossiers:upload                   | POST     | missing    | rest: 404
dossiers:list_report              | GET      | draft      | author: 302; readers: 403; rest: 404
dossiers:list_report              | GET      | later      | author: 302; readers: 403; rest: 404
dossiers:list_report              | GET      | neighbour  | author*: 302; readers: 403; rest: 404
dossiers:list_report              | GET      | missing    | rest: 404
dossiers:accept_list              | POST     | draft      | author: 302; readers: 403; rest: 404
dossiers:accept_list              | POST     | later      | readers: 409; rest: 404
dossiers:accept_list              | POST     | neighbour  | readers: 409; rest: 404
dossiers:accept_list              | POST     | missing    | rest: 404
dossiers:drop_list                | POST     | draft      | author: 302; readers: 403; rest: 404
dossiers:drop_list                | POST     | later      | readers: 409; rest: 404
dossiers:drop_list                | POST     | neighbour  | readers: 409; rest: 404
dossiers:drop_list                | POST     | missing    | rest: 404
dossiers:change_nominee           | GET POST | draft      | author: 200 302; readers: 403; rest: 404
dossiers:change_nominee           | GET      | later      | author: 302; readers: 403; rest: 404
dossiers:change_nominee           | POST     | later      | readers: 409; rest: 404
dossiers:change_nominee           | POST     | neighbour  | readers: 409; rest: 404
dossiers:change_nominee           | GET POST | missing    | rest: 404
dossiers:remove_nominee           | GET POST | draft      | author: 200 302; readers: 403; rest: 404
dossiers:remove_nominee           | GET      | later      | author: 302; readers: 403; rest: 404
dossiers:remove_nominee           | POST     | later      | readers: 409; rest: 404
dossiers:remove_nominee           | POST     | neighbour  | readers: 409; rest: 404
dossiers:remove_nominee           | GET POST | missing    | rest: 404
dossiers:scratch                  | POST     | draft      | author: 204; readers: 403; rest: 404
dossiers:scratch                  | POST     | later      | readers: 409; rest: 404
dossiers:scratch                  | POST     | neighbour  | readers: 409; rest: 404
dossiers:scratch                  | POST     | missing    | rest: 404
dossiers:discard                  | POST     | draft      | author: 302; readers: 403; rest: 404
dossiers:discard                  | POST     | later      | readers: 409; rest: 404
dossiers:discard                  | POST     | neighbour  | readers: 409; rest: 404
dossiers:discard                  | POST     | missing    | rest: 404

# ---- papers
dossiers:add_paper                | GET POST | draft      | author: 200; readers: 403; rest: 404
dossiers:add_paper                | GET POST | later      | readers: 409; rest: 404
dossiers:add_paper                | GET POST | neighbour  | readers: 409; rest: 404
dossiers:add_paper                | GET POST | missing    | rest: 404
dossiers:add_paper                | GET POST | proposing+letter of finance | finance: 200; readers: 403; rest: 404
dossiers:replace                  | GET POST | draft      | author: 200; readers: 403; rest: 404
dossiers:replace                  | GET POST | later      | readers: 409; rest: 404
dossiers:replace                  | GET POST | neighbour  | readers: 409; rest: 404
dossiers:replace                  | GET POST | missing    | rest: 404
dossiers:remove                   | GET POST | draft      | author: 200 302; readers: 403; rest: 404
dossiers:remove                   | GET POST | later      | readers: 409; rest: 404
dossiers:remove                   | GET POST | neighbour  | readers: 409; rest: 404
dossiers:remove                   | GET POST | missing    | rest: 404
dossiers:download                 | GET      | dossier    | readers: 200; rest: 404
dossiers:preview                  | GET      | dossier    | readers: 200; rest: 404
dossiers:preview_image            | GET      | dossier    | readers: 302; rest: 404
dossiers:template                 | GET      | dossier    | readers: 200; rest: 404
dossiers:export                   | GET      | dossier    | readers: 200; rest: 404
dossiers:paper_list               | GET      | dossier    | readers: 200; rest: 404
dossiers:receipt                  | GET      | draft      | rest: 404
dossiers:receipt                  | GET      | submitted  | readers: 200; rest: 404
dossiers:receipt                  | GET      | missing    | rest: 404

# ---- the council
flows:sittings                    | GET      | -          | councils: 200; rest: 404
flows:sitting_new                 | GET      | -          | secretary secretary*: 200; rest: 404
flows:sitting_new                 | POST     | -          | secretary: 302; secretary*: 200; rest: 404
flows:sitting                     | GET      | sitting.own   | readers: 200; rest: 404
flows:sitting                     | GET      | sitting.other | readers: 200; rest: 404
flows:sitting                     | GET      | missing    | rest: 404
flows:agenda_add                  | POST     | sitting.own   | secretary: 302; readers: 403; rest: 404
flows:agenda_add                  | POST     | sitting.other | secretary*: 302; readers: 403; rest: 404
flows:agenda_add                  | POST     | missing    | rest: 404
flows:agenda_remove               | POST     | sitting.own   | secretary: 302; readers: 403; rest: 404
flows:agenda_remove               | POST     | missing    | rest: 404
flows:sitting_minutes             | GET      | sitting.own   | readers: 200; rest: 404
flows:sitting_minutes             | GET      | sitting.other | rest: 404
flows:sitting_minutes             | POST     | sitting.own   | secretary: 422; readers: 403; rest: 404
flows:sitting_minutes             | POST     | sitting.other | secretary*: 422; readers: 403; rest: 404
flows:sitting_minutes             | GET POST | missing    | rest: 404
flows:sitting_counts              | GET      | sitting.own   | readers: 200; rest: 404
flows:sitting_counts              | POST     | sitting.own   | secretary member: 302; readers: 403; rest: 404
flows:sitting_counts              | GET POST | missing    | rest: 404
flows:sitting_conclude            | POST     | sitting.own   | secretary: 302; readers: 403; rest: 404
flows:sitting_conclude            | POST     | missing    | rest: 404

# ---- the decision
flows:decisions                   | GET      | -          | deciders: 200; rest: 404
flows:decision_new                | GET      | -          | signatory signatory*: 200; rest: 404
flows:decision_new                | POST     | -          | signatory: 302; signatory*: 200; rest: 404
flows:decision                    | GET      | decision.draft  | readers: 200; rest: 404
flows:decision                    | GET      | decision.issued | readers: 200; rest: 404
flows:decision                    | GET      | decision.other  | readers: 200; rest: 404
flows:decision                    | GET      | missing    | rest: 404
flows:decision_print              | GET      | decision.draft  | readers: 200; rest: 404
flows:decision_print              | GET      | decision.issued | readers: 200; rest: 404
flows:decision_print              | GET      | missing    | rest: 404
flows:decision_add                | POST     | decision.draft  | signatory: 302; readers: 403; rest: 404
flows:decision_add                | POST     | decision.issued | readers: 409; rest: 404
flows:decision_add                | POST     | decision.other  | signatory*: 302; readers: 403; rest: 404
flows:decision_add                | POST     | missing    | rest: 404
flows:decision_remove             | POST     | decision.draft  | signatory: 302; readers: 403; rest: 404
flows:decision_remove             | POST     | decision.issued | readers: 409; rest: 404
flows:decision_remove             | POST     | missing    | rest: 404
flows:decision_strike             | POST     | decision.draft  | signatory: 302; readers: 403; rest: 404
flows:decision_strike             | POST     | decision.issued | readers: 409; rest: 404
flows:decision_strike             | POST     | missing    | rest: 404
flows:decision_drop               | POST     | decision.draft  | signatory: 302; readers: 403; rest: 404
flows:decision_drop               | POST     | decision.issued | readers: 409; rest: 404
flows:decision_drop               | POST     | missing    | rest: 404
flows:decision_issue              | POST     | decision.draft  | signatory: 302; readers: 403; rest: 404
flows:decision_issue              | POST     | decision.issued | readers: 409; rest: 404
flows:decision_issue              | POST     | missing    | rest: 404

# ---- the campaign: a public plan, for everyone with an office
campaigns:list                    | GET      | -          | placed: 200; rest: 404
campaigns:campaign                | GET      | campaign   | placed: 200; rest: 404
campaigns:campaign                | GET      | missing    | rest: 404
campaigns:paper_add               | POST     | campaign   | home_affairs: 422; placed: 403; rest: 404
campaigns:paper_add               | POST     | missing    | rest: 404
campaigns:paper                   | GET      | campaign   | placed: 200; rest: 404
campaigns:paper                   | GET      | missing    | rest: 404
campaigns:paper_preview           | GET      | campaign   | placed: 200; rest: 404
campaigns:paper_preview           | GET      | missing    | rest: 404
campaigns:paper_page              | GET      | campaign   | placed: 302; rest: 404
campaigns:paper_page              | GET      | missing    | rest: 404

# ---- the register: for whoever keeps it
organizations:people              | GET      | -          | admins: 200; rest: 404
organizations:person_add          | GET POST | -          | admins: 200 302; rest: 404
organizations:person              | GET      | person     | admins: 200; rest: 404
organizations:person_change       | GET POST | person     | admins: 200 302; rest: 404
organizations:person_invite       | POST     | person     | admins: 302; rest: 404
organizations:person_deactivate   | GET POST | person     | admins: 200 302; rest: 404
organizations:person_reactivate   | GET POST | person     | admins: 200; rest: 404
organizations:appoint             | GET POST | person     | admins: 200 302; rest: 404
organizations:appointment_end     | GET POST | person     | admins: 200 302; rest: 404
organizations:bodies              | GET      | -          | admins: 200; rest: 404
organizations:body_add            | GET POST | -          | admins: 200 302; rest: 404
organizations:body                | GET      | body       | admins: 200; rest: 404
organizations:body_change         | GET POST | body       | admins: 200 302; rest: 404
organizations:body_end            | GET POST | body       | admins: 200 302; rest: 404
organizations:person              | GET      | missing    | rest: 404
organizations:person_change       | GET POST | missing    | rest: 404
organizations:person_invite       | POST     | missing    | rest: 404
organizations:person_deactivate   | GET POST | missing    | rest: 404
organizations:person_reactivate   | GET POST | missing    | rest: 404
organizations:appoint             | GET POST | missing    | rest: 404
organizations:appointment_end     | GET POST | missing    | rest: 404
organizations:body                | GET      | missing    | rest: 404
organizations:body_change         | GET POST | missing    | rest: 404
organizations:body_end            | GET POST | missing    | rest: 404
"""


def rows() -> list[tuple[str, str, str, list[tuple[set[str], int]]]]:
    """The lines as (address name, method, object, clauses); a clause is (people, the answer they get)."""
    found = []
    for line in ROWS.strip().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, methods, objects, who = (part.strip() for part in line.split("|"))
        for about in OBJECTS.get(objects, [objects]):
            for method in methods.split():
                found.append((name, method, about, _clauses(who, about, methods.split().index(method))))
    return found


def _clauses(text: str, about: str, which: int) -> list[tuple[set[str], int]]:
    """Who gets which answer, in order.  Two answers are the one to GET and the one to POST."""
    clauses = []
    for part in text.split(";"):
        people, _, answers = part.partition(":")
        codes = [int(code) for code in answers.split()]
        clauses.append((_people(people, about), codes[min(which, len(codes) - 1)]))
    return clauses


def _people(words: str, about: str) -> set[str]:
    found: set[str] = set()
    for word in words.split():
        if word == "readers":
            found |= set(READERS[about.partition("+")[0]].split())
        elif word == "rest":
            found |= set(EVERYONE) - {"nobody"}
        else:
            found |= set(GROUPS.get(word, word).split())
    unknown = found - set(EVERYONE)
    assert not unknown, f"nobody is called {unknown}"
    return found


def answer(clauses: list[tuple[set[str], int]], person: str) -> int | None:
    """The answer this person gets, None when no clause names them."""
    return next((code for people, code in clauses if person in people), None)
