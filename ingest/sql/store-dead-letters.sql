with inserted as (
  insert into dead_letter (received_at, source, topic, payload, reason, field, detail, remedy, school_code)
  select to_timestamp(ms / 1000.0::float8), source, topic, payload, reason, field, detail, remedy, school_code
  from unnest($1::float8[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[]) as g (ms, source, topic, payload, reason, field, detail, remedy, school_code)
  returning reason
),
counted as (
  select reason, count(*) as letters from inserted group by reason
)
insert into journal (kind, messages, school_ids, body)
select 'dead_letters', $10::int, '{}', jsonb_object_agg(reason, letters) from counted having count(*) > 0
