-- New dead messages, and those carried again that came back: these keep their row, and their letters are replaced.
with given as materialized (
  select coalesce(retry_of, nextval(pg_get_serial_sequence('dead_message', 'id'))) as id, g.*
  from unnest($1::bigint[], $2::float8[], $3::text[], $4::text[], $5::bytea[], $6::int[], $7::smallint[], $8::boolean[],
    $9::text[], $10::boolean[], $11::int[])
    with ordinality as g (retry_of, ms, source, topic, payload, size, qos, retained, username, waiting, letters, position)
),
inserted as (
  insert into dead_message (id, received_at, source, topic, payload, size, qos, retained, username, waiting, letters)
  overriding system value
  select id, to_timestamp(ms / 1000.0::float8), source, topic, payload, size, qos, retained, username, waiting, letters
  from given
  where retry_of is null
),
kept as (
  update dead_message m
  set attempts = m.attempts + 1, leased_until = null, waiting = g.waiting, letters = g.letters
  from given g
  where m.id = g.retry_of
),
replaced as (
  delete from dead_letter l using given g where l.message_id = g.retry_of
),
written as (
  insert into dead_letter (message_id, reason, field, value, detail, remedy, school_code, format, device_name)
  select g.id, l.reason, l.field, l.value, l.detail, l.remedy, l.school_code, l.format, l.device_name
  from unnest($12::int[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[],
    $20::text[])
    with ordinality as l (position, reason, field, value, detail, remedy, school_code, format, device_name, nth)
  join given g on g.position = l.position
  order by l.nth
  returning reason
),
counted as (
  select reason, count(*) as letters from written group by reason
)
insert into journal (kind, messages, school_ids, body)
select 'dead_letters', (select count(*) from given), '{}', jsonb_object_agg(reason, letters)
from counted
having count(*) > 0
