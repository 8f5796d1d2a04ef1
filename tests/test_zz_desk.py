import re
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
def test_x(client, world):
    d = world.submitted()
    for p in [world.author, world.finance, world.stranger, world.head, world.admin, world.signatory, world.inspector]:
        client.force_login(p)
        with CaptureQueriesContext(connection) as q:
            r = client.get("/ban-viec/")
        print(p, r.status_code, len(q))
        assert r.status_code==200
        with CaptureQueriesContext(connection) as q:
            r = client.get(f"/ho-so/{d.code}/")
        print("   dossier", r.status_code, len(q))
        if p == world.finance:
            for i, x in enumerate(q.captured_queries): print(i, x["sql"][:110])
            print(re.sub(r"\s+"," ",r.content.decode())[3000:9000])
