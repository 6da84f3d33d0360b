with given as (
  select device_id, metric_id, ts, value, quality, position
  from unnest($1::int[], $2::smallint[], $3::timestamptz[], $4::float8[], $5::smallint[])
    with ordinality as g (device_id, metric_id, ts, value, quality, position)
),
inserted as (
  insert into reading (ts, device_id, metric_id, value, quality)
  select ts, device_id, metric_id, value, quality from given
  on conflict do nothing
  returning ts, device_id, metric_id, value, quality
),
seen as (
  -- What a broker (bit 4) or a sender (bit 8) kept is not news: it is no sign of life. In order, so that two
  -- transactions never wait for each other.
  insert into device_seen (device_id, ts)
  select device_id, max(ts) from inserted where quality & 12 = 0 group by device_id order by device_id
  on conflict (device_id) do update
  set ts = excluded.ts
  where device_seen.ts < excluded.ts
),
noted as (
  insert into journal (kind, messages, school_ids, device_ids, metric_ids, times, amounts)
  select 'readings', $7::int, $8::int[], array_agg(device_id), array_agg(metric_id), array_agg(ts), array_agg(value)
  from inserted
  having count(*) > 0
)
select case when count(*) < $6::int then (
    select array_agg(position::int)
    from given g
    where not exists (
      select from inserted i where i.device_id = g.device_id and i.metric_id = g.metric_id and i.ts = g.ts
    )
  ) end as duplicates
from inserted
