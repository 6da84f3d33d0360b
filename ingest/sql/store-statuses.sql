with given as (
  select to_timestamp(ms / 1000.0::float8) as since, school_id, open, reason, received_at, position
  from unnest($1::float8[], $2::int[], $3::boolean[], $4::text[], $5::timestamptz[])
    with ordinality as g (ms, school_id, open, reason, received_at, position)
),
inserted as (
  insert into school_status (since, school_id, open, reason, received_at)
  select since, school_id, open, reason, received_at from given
  on conflict do nothing
  returning *
),
current as (
  insert into school_status_current (school_id, since, open, reason, received_at)
  select distinct on (school_id) school_id, since, open, reason, received_at
  from inserted
  order by school_id, since desc
  on conflict (school_id) do update
  set since = excluded.since, open = excluded.open, reason = excluded.reason, received_at = excluded.received_at
  where school_status_current.since < excluded.since
),
noted as (
  insert into journal (kind, messages, school_ids)
  select 'status', $6::int, array_agg(distinct school_id) from inserted having count(*) > 0
)
-- A row of another transaction that committed meanwhile is not seen here; its like then counts as a duplicate.
select g.position::int, stored.since is not null and (stored.open, stored.reason) is distinct from (g.open, g.reason) as differs
from given g
left join school_status stored on stored.school_id = g.school_id and stored.since = g.since
where not exists (select from inserted i where i.school_id = g.school_id and i.since = g.since)
