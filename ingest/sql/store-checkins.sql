with given as (
  select to_timestamp(ms / 1000.0::float8) as ts, school_id, message_id, direction, gate, received_at, position
  from unnest($1::float8[], $2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
    with ordinality as g (ms, school_id, message_id, direction, gate, received_at, position)
),
inserted as (
  insert into checkin (ts, school_id, message_id, direction, gate, received_at)
  select ts, school_id, message_id, direction, gate, received_at from given
  on conflict do nothing
  returning ts, school_id, message_id
),
noted as (
  insert into journal (kind, messages, school_ids)
  select 'checkins', $7::int, array_agg(distinct school_id) from inserted having count(*) > 0
)
select g.position::int
from given g
where not exists (
  select from inserted i where i.school_id = g.school_id and i.message_id = g.message_id and i.ts = g.ts
)
