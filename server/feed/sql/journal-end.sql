-- Where a reader starts that takes everything up to now from the tables themselves.
select (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text as xid, 9223372036854775807::text as seq
