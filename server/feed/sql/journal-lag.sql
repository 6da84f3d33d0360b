-- Age in seconds of the oldest change after a position; 0 when there is none.
select coalesce(extract(epoch from clock_timestamp() - min(at)), 0)::float8 as seconds
from journal
where (xid, seq) > ($1::text::xid8, $2::bigint)
