with given as (
  select device_id, metric_id, to_timestamp(ms / 1000.0::float8) as ts, value, quality, position
  from unnest($1::int[], $2::smallint[], $3::float8[], $4::float8[], $5::smallint[])
    with ordinality as g (device_id, metric_id, ms, value, quality, position)
),
inserted as (
  insert into reading (ts, device_id, metric_id, value, quality)
  select ts, device_id, metric_id, value, quality from given
  on conflict do nothing
  returning ts, device_id, metric_id, value, quality
),
latest as (
  -- What a broker (bit 4) or a sender (bit 8) kept is not news: it never counts as the latest value.
  insert into reading_latest (device_id, metric_id, ts, value, quality)
  select distinct on (device_id, metric_id) device_id, metric_id, ts, value, quality
  from inserted
  where quality & 12 = 0
  order by device_id, metric_id, ts desc
  on conflict (device_id, metric_id) do update
  set ts = excluded.ts, value = excluded.value, quality = excluded.quality
  where reading_latest.ts < excluded.ts
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
