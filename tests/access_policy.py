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
    "heads": "head head* finance_head standing_head chair chair*",
    "admins": "admin admin*",  # the register is one for the whole house: this office is not bound to a place
    "keepers": "admin chancery",  # of everyone's calendar; the same offices elsewhere keep their own body's
    "keepers_below": "admin* chancery*",
    "placed": " ".join([*OFFICES, *STARRED]),
    "deciders": "signatory chancery author head finance_head standing_head inspector"
    " signatory* chancery* author* head* inspector*",
    "desks": _DESKS,
    # everybody with an office that another may do for a time
    "lenders": " ".join(
        who for who in [*OFFICES, *STARRED] if who.rstrip("*") not in ("member", "chair", "inspector", "admin")
    ),
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
notifications:preferences         | GET POST | -          | rest: 200 302
notifications:deliveries          | GET      | -          | admins: 200; rest: 404
notifications:resend              | POST     | mail       | admins: 302; rest: 404
notifications:resend              | POST     | missing    | rest: 404
notifications:dismiss             | GET POST | mail       | admins: 200 302; rest: 404
notifications:dismiss             | GET POST | missing    | rest: 404

# ---- the desk and the dossier
flows:desk                        | GET      | -          | rest: 200
flows:filter_panel                | GET      | -          | rest: 200
flows:onward                      | GET      | -          | rest: 302
flows:history                     | GET      | -          | rest: 200
flows:filters                     | GET      | -          | rest: 200
flows:keep_filter                 | GET POST | -          | rest: 200 302
flows:change_filter               | GET POST | saved      | finance: 200 302; rest: 404
flows:change_filter               | GET POST | missing    | rest: 404
flows:remove_filter               | GET POST | saved      | finance: 200 302; rest: 404
flows:remove_filter               | GET POST | missing    | rest: 404
flows:open                        | GET      | -          | author author*: 200; rest: 404
flows:open                        | POST     | -          | author: 302; author*: 422; rest: 404
flows:dossier                     | GET      | dossier    | readers: 200; rest: 404
flows:told                        | GET      | dossier    | readers: 200; rest: 404
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

# ---- who stands in for whom, and who keeps away
flows:substitutions               | GET      | -          | rest: 200
flows:substitution_new            | GET POST | -          | lenders: 200 422; rest: 404
flows:substitution_end            | GET POST | substitution | finance home_affairs finance_head: 200 302; rest: 404
flows:substitution_end            | GET POST | missing    | rest: 404
flows:recuse                      | GET POST | draft      | readers: 403; rest: 404
flows:recuse                      | GET POST | proposing  | desks: 200 422; readers: 403; rest: 404
flows:recuse                      | GET POST | deliberating | desks council: 200 422; readers: 403; rest: 404
flows:recuse                      | GET POST | deciding   | desks council signatory: 200 422; readers: 403; rest: 404
flows:recuse                      | GET POST | decided    | readers: 409; rest: 404
flows:recuse                      | GET POST | lapsed     | readers: 409; rest: 404
flows:recuse                      | GET POST | neighbour  | desks: 200 422; readers: 403; rest: 404
flows:recuse                      | GET POST | missing    | rest: 404
flows:unrecuse                    | GET POST | draft      | readers: 403; rest: 404
flows:unrecuse                    | GET POST | proposing  | desks: 404 422; readers: 403; rest: 404
flows:unrecuse                    | GET POST | decided    | readers: 409; rest: 404
flows:unrecuse                    | GET POST | neighbour  | desks: 404 422; readers: 403; rest: 404
flows:unrecuse                    | GET POST | missing    | rest: 404

# ---- time: holds, public notice, incidents of the clock, deadlines reckoned anew, rules
flows:hold                        | GET POST | draft      | readers: 409; rest: 404
flows:hold                        | GET POST | proposing  | home_affairs: 200 302; readers: 403; rest: 404
flows:hold                        | GET POST | deliberating | home_affairs: 200 302; readers: 403; rest: 404
flows:hold                        | GET POST | decided    | readers: 409; rest: 404
flows:hold                        | GET POST | lapsed     | readers: 409; rest: 404
flows:hold                        | GET POST | neighbour  | home_affairs: 200 302; readers: 403; rest: 404
flows:hold                        | GET POST | missing    | rest: 404
flows:lift                        | GET POST | draft      | readers: 409; rest: 404
flows:lift                        | GET POST | proposing  | home_affairs: 200 422; readers: 403; rest: 404
flows:lift                        | GET POST | deliberating | home_affairs: 200 422; readers: 403; rest: 404
flows:lift                        | GET POST | decided    | readers: 409; rest: 404
flows:lift                        | GET POST | lapsed     | readers: 409; rest: 404
flows:lift                        | GET POST | neighbour  | home_affairs: 200 422; readers: 403; rest: 404
flows:lift                        | GET POST | missing    | rest: 404
flows:public                      | GET POST | draft      | rest: 404
flows:public                      | GET POST | proposing  | home_affairs: 200 302; rest: 404
flows:public                      | GET POST | deciding   | home_affairs: 200 302; rest: 404
flows:public                      | GET POST | decided    | rest: 404
flows:public                      | GET POST | neighbour  | home_affairs: 200 302; rest: 404
flows:public                      | GET POST | missing    | rest: 404
flows:incidents                   | GET      | -          | admins: 200; rest: 404
flows:incident_retry              | POST     | missing    | admins: 302; rest: 404
flows:incident_dismiss            | POST     | missing    | admins: 302; rest: 404
flows:recompute                   | GET POST | -          | admins chancery chancery*: 200 302; rest: 404
flows:rules                       | GET POST | campaign   | admins: 200; rest: 404
flows:rules                       | GET POST | missing    | rest: 404
flows:rule_dates                  | GET POST | campaign   | admins: 200; rest: 404
flows:rule_dates                  | GET POST | missing    | rest: 404
flows:rule_end                    | POST     | campaign   | admins: 302; rest: 404
flows:rule_end                    | POST     | missing    | rest: 404

# ---- one act on many dossiers: a job is its person's alone
flows:bulk_jobs                   | GET      | -          | rest: 200
flows:bulk_jobs                   | POST     | -          | rest: 302
flows:bulk_job                    | GET      | bulk.preview | finance: 200; rest: 404
flows:bulk_run                    | POST     | bulk.preview | finance: 302; rest: 404
flows:bulk_drop                   | POST     | bulk.preview | finance: 302; rest: 404
flows:bulk_again                  | POST     | bulk.preview | finance: 302; rest: 404
flows:bulk_job                    | GET      | missing    | rest: 404
flows:bulk_run                    | POST     | missing    | rest: 404
flows:bulk_drop                   | POST     | missing    | rest: 404
flows:bulk_again                  | POST     | missing    | rest: 404

# ---- the work of a body, for its head
flows:office                      | GET      | -          | heads: 200; rest: 404
flows:office_steps                | GET      | office.finance | finance_head: 200; rest: 404
flows:office_assign               | POST     | office.finance | finance_head: 302; rest: 404
flows:office_late                 | GET      | office.finance | finance_head: 200; rest: 404
flows:office_steps                | GET      | missing    | rest: 404
flows:office_assign               | POST     | missing    | rest: 404
flows:office_late                 | GET      | missing    | rest: 404

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

# ---- the working calendar, and deadlines for calendar programs
organizations:calendar            | GET      | -          | rest: 200
organizations:calendar_file       | GET      | -          | everyone: 200
organizations:calendar_enter      | GET      | -          | keepers keepers_below: 200; rest: 404
organizations:calendar_enter      | POST     | -          | keepers: 302; keepers_below: 422; rest: 404
organizations:calendar_confirm    | GET      | day        | keepers: 200; keepers_below: 403; rest: 404
organizations:calendar_confirm    | POST     | day        | admin: 302; chancery: 422; keepers_below: 403; rest: 404
organizations:calendar_confirm    | GET POST | missing    | rest: 404
organizations:calendar_withdraw   | GET POST | day        | keepers: 200 302; keepers_below: 403; rest: 404
organizations:calendar_withdraw   | GET POST | missing    | rest: 404
flows:dossier_file                | GET      | draft      | readers: 200; rest: 404
flows:dossier_file                | GET      | proposing  | readers: 200; rest: 404
flows:dossier_file                | GET      | neighbour  | readers: 200; rest: 404
flows:dossier_file                | GET      | decided    | rest: 404
flows:dossier_file                | GET      | missing    | rest: 404
flows:feed                        | GET      | -          | rest: 200
flows:feed_make                   | POST     | -          | rest: 200
flows:feed_revoke                 | POST     | -          | rest: 302
flows:own_file                    | GET      | feed       | everyone: 200
flows:own_file                    | GET      | missing    | everyone: 404

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
