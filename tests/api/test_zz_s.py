import time
from tests.api.furnished import furnished, KNOWN
from tests.api.signing import signed_in
def test_it(tmp_path):
    t=time.process_time()
    with furnished(tmp_path) as app:
        print('cpu', time.process_time()-t)
        c=signed_in(app,'planner')
        for p in ('designations','signals','choices','actions','runs'): print(p, [e.get('id') for e in c.get('/v1/'+p).json()[p]])
