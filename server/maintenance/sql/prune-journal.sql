-- Deletes from the oldest end in journal order, up to the first row that is still to be kept: one younger than $1,
-- or one the engine has not read and younger than $2. The row the engine stands on stays, so that it can see that
-- nothing after it is missing.
with reached as (
  select coalesce(max(xid), '0'::xid8) as xid, coalesce(max(seq), 0) as seq from engine_position
),
oldest as (
  select journal.xid, journal.seq,
    journal.at < $2::timestamptz
      or (journal.at < $1::timestamptz and (journal.xid, journal.seq) < (reached.xid, reached.seq)) as old
  from journal, reached
  order by journal.xid, journal.seq
  limit $3::int
),
first_kept as (
  select xid, seq from oldest where not old order by xid, seq limit 1
)
delete from journal using oldest
where journal.xid = oldest.xid and journal.seq = oldest.seq
  and oldest.old
  and not exists (select from first_kept where (first_kept.xid, first_kept.seq) <= (oldest.xid, oldest.seq))
