-- Changes that had not been seen in snapshot $1 but are in snapshot $2 (null: the one of this statement), after a
-- place in their order, and which snapshot that is. Arrays come as JSON, which parses fastest.
select target.snapshot::text as snapshot, unseen.*
from (select coalesce($2::text::pg_snapshot, pg_current_snapshot()) as snapshot) as target
left join lateral (
  select seq, xid::text as xid, kind, messages, array_to_json(school_ids) as schools, body,
    array_to_json(device_ids) as devices, array_to_json(metric_ids) as metrics,
    case when times is not null
      then array_to_json(array(select (extract(epoch from t.ts) * 1000)::bigint from unnest(times) with ordinality as t (ts, n) order by t.n))
    end as times,
    array_to_json(amounts) as amounts
  from journal
  where xid >= pg_snapshot_xmin($1::text::pg_snapshot)
    and not pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
    and pg_visible_in_snapshot(xid, target.snapshot)
    and (xid, seq) > ($3::text::xid8, $4::bigint)
  order by xid, seq
  limit $5::int
) as unseen on true
order by unseen.xid::xid8, unseen.seq
