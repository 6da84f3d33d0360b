-- Until when slots are closed, and whether the journal has changes the engine has not dealt with.
select (extract(epoch from closed_slot + interval '5 minutes') * 1000)::float8 as "closedUntil",
  exists (select from journal where (journal.xid, journal.seq) > (position.xid, position.seq)) as behind
from engine_position position
