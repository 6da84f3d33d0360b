-- Deletes from the oldest end in journal order, up to the first row that is still to be kept: one younger than $1,
-- or one the engine has not dealt with and younger than $2. The last row it has dealt with stays, so that it can
-- see that nothing after it is missing.
with dealt_with as (
  select journal.xid, journal.seq
  from journal join engine_position position on (journal.xid, journal.seq) <= (position.xid, position.seq)
  order by journal.xid desc, journal.seq desc
  limit 1
),
oldest as (
  select journal.xid, journal.seq,
    journal.at < $2::timestamptz
      or (journal.at < $1::timestamptz
        and exists (select from dealt_with d where (journal.xid, journal.seq) < (d.xid, d.seq))) as old
  from journal
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
