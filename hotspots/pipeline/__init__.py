"""From facts to a frozen run: the only room that joins the others.

``deliveries`` stores what was taken in and reads what holds now; ``histories`` lays counts out by
area and month; ``ranking``, ``evidence``, ``cameras`` and ``bans`` ask ``planning`` and
``analysis`` for their answers; ``run`` puts a year's together and freezes them.
"""
