with given as (
  select to_timestamp(ms / 1000.0::float8) as ts, device_id, school_id, online, unless_known, position
  from unnest($1::float8[], $2::int[], $3::int[], $4::boolean[], $5::boolean[])
    with ordinality as g (ms, device_id, school_id, online, unless_known, position)
),
compared as (
  select g.*, coalesce(lag(g.online) over (partition by g.device_id order by g.ts, g.position), c.online) as before
  from given g
  left join device_connection_current c on c.device_id = g.device_id
),
inserted as (
  -- What a broker kept, and what a device repeats, says nothing new while it agrees with what is known.
  insert into device_connection (ts, device_id, online)
  select ts, device_id, online
  from compared
  where not unless_known or before is distinct from online
  on conflict do nothing
  returning ts, device_id, online
),
current as (
  insert into device_connection_current (device_id, ts, online)
  select distinct on (device_id) device_id, ts, online
  from inserted
  order by device_id, ts desc
  on conflict (device_id) do update
  set ts = excluded.ts, online = excluded.online
  -- A state from the future was written while our clock ran ahead: it must not outlive the correction.
  where device_connection_current.ts < excluded.ts or device_connection_current.ts > to_timestamp($7::float8 / 1000)
),
noted as (
  insert into journal (kind, messages, school_ids, body)
  select 'connections', $6::int, array_agg(distinct g.school_id),
    jsonb_build_object('devices', jsonb_agg(distinct g.device_id))
  from inserted i
  join given g on g.device_id = i.device_id and g.ts = i.ts
  having count(*) > 0
)
select g.position::int
from given g
where not exists (select from inserted i where i.device_id = g.device_id and i.ts = g.ts)
