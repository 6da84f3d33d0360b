-- Age in seconds of the oldest change not seen in a snapshot; 0 when there is none.
select coalesce(extract(epoch from clock_timestamp() - min(at)), 0)::float8 as seconds
from journal
where xid >= pg_snapshot_xmin($1::text::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
