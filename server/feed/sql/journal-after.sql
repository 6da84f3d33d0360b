-- Changes after a position, in order, below the oldest transaction still running: what is below it has ended for
-- good, so nothing can appear later before a row already read. Arrays come as JSON, which parses fastest.
select seq, xid::text as xid, kind, messages, array_to_json(school_ids) as schools, body,
  array_to_json(device_ids) as devices, array_to_json(metric_ids) as metrics,
  case when times is not null
    then array_to_json(array(select (extract(epoch from t.ts) * 1000)::bigint from unnest(times) with ordinality as t (ts, n) order by t.n))
  end as times,
  array_to_json(amounts) as amounts
from journal
where (xid, seq) > ($1::text::xid8, $2::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
order by xid, seq
limit $3::int
