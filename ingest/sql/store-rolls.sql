with given as (
  select g.*
  from unnest($1::int[], $2::date[], $3::text[], $4::text[], $5::int[], $6::text[], $7::int[], $8::int[], $9::int[],
    $10::int[], $11::int[], $12::boolean[], $13::timestamptz[], $14::timestamptz[])
    with ordinality as g (school_id, day, session, class, revision, message_id, enrolled, present, late, excused,
    unexcused, consistent, taken_at, received_at, position)
),
inserted as (
  insert into roll (school_id, day, session, class, revision, message_id, enrolled, present, late, excused, unexcused,
    consistent, taken_at, received_at)
  select school_id, day, session, class, revision, message_id, enrolled, present, late, excused, unexcused,
    consistent, taken_at, received_at
  from given
  on conflict do nothing
  returning *
),
current as (
  insert into roll_current (school_id, day, session, class, revision, enrolled, present, late, excused, unexcused,
    consistent, taken_at, received_at)
  select distinct on (school_id, day, session, class) school_id, day, session, class, revision, enrolled, present,
    late, excused, unexcused, consistent, taken_at, received_at
  from inserted
  order by school_id, day, session, class, revision desc
  on conflict (school_id, day, session, class) do update
  set revision = excluded.revision, enrolled = excluded.enrolled, present = excluded.present, late = excluded.late,
    excused = excluded.excused, unexcused = excluded.unexcused, consistent = excluded.consistent,
    taken_at = excluded.taken_at, received_at = excluded.received_at
  where roll_current.revision < excluded.revision
),
touched as (
  select distinct school_id, day from inserted
),
noted as (
  insert into journal (kind, messages, school_ids, body)
  select 'rolls', $15::int, array_agg(distinct school_id),
    jsonb_agg(jsonb_build_object('day', day, 'school', school_id) order by day, school_id)
  from touched
  having count(*) > 0
)
-- A row of another transaction that committed meanwhile is not seen here; its like then counts as a duplicate.
select g.position::int, stored.revision is not null and
  (stored.enrolled, stored.present, stored.late, stored.excused, stored.unexcused)
    is distinct from (g.enrolled, g.present, g.late, g.excused, g.unexcused) as differs
from given g
left join roll stored on stored.school_id = g.school_id and stored.day = g.day and stored.session = g.session
  and stored.class = g.class and stored.revision = g.revision
where not exists (
  select from inserted i
  where i.school_id = g.school_id and i.day = g.day and i.session = g.session and i.class = g.class
    and i.revision = g.revision
)
