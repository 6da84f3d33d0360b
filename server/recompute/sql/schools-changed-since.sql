-- Schools whose rolls or status the engine had not saved at a position of the journal.
select distinct unnest(school_ids) as school
from journal
where (xid, seq) > ($1::xid8, $2::bigint) and kind in ('rolls', 'status')
