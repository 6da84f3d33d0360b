-- Until when slots are closed, how far the journal is saved, and whether it has changes beyond.
select (extract(epoch from closed_slot + interval '5 minutes') * 1000)::float8 as "closedUntil",
  position.xid::text as xid, position.seq::text as seq,
  exists (select from journal where (journal.xid, journal.seq) > (position.xid, position.seq)) as behind
from engine_position position
