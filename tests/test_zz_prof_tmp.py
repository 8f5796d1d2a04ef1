import time, pytest
from collections import Counter
from tests.test_access import *
from tests.test_access import house
from tests import access_house
import tests.access_policy as policy
def test_p(house, monkeypatch):
    house.before
    cost, count = Counter(), Counter()
    ask = house.ask
    rows = policy.rows()
    total=time.process_time()
    for turn,row in enumerate(rows):
        n=house.cells; t=time.process_time()
        people = people_for(turn,row[2],row[3])
        walk(house,[row],people)
        k=(row[0],row[1]); cost[k]+=time.process_time()-t; count[k]+=house.cells-n
    print("TOTAL", house.cells, time.process_time()-total)
    for k,v in cost.most_common(40): print(k, round(v,2), count[k], round(1000*v/count[k],1))
