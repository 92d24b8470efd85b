"""Proof that nothing is lost, fired twice, doubled or left unfinished, whatever dies at whatever moment.

nursery.py   forks the processes of a run in milliseconds and kills them with -9
roles.py     what such a process does: worker, browser, web, scheduler, queue_worker, intake, racer …
machine.py   the machine it runs on: its zone, its clock, its network
workload.py  which task is done next and with which answer
ledger.py    what a process meant to do and what it was told, written before it goes on
killer.py    a crowd of such processes, time that passes, kills at random moments, and the run to the end
proxy.py     stands before PostgreSQL and cuts connections, also while COMMIT is under way
checker.py   compares what was acknowledged with what is stored
statements.py  hears every statement of a process, for pulse.py (where it is) and faults.py
faults.py    what a careless implementation would do; a run with one of them must fail

`make test` runs everything with small numbers, `make chaos` with those of the issue (sizes.py). Every run prints its
seed; CASEFLOW_CHAOS_SEED repeats the choices of a run (who is killed when, who does what), not the moments at which
the operating system lets the processes run.

Time: the processes run in demo mode, whose clock is the database's clock plus a row that moves forward
(web/app/clock.py). The run sets that row to an ordinary Monday and moves it by hours and days, so that deadlines of
working days fall due within seconds, through the product's own code and by one clock for all processes.
"""
