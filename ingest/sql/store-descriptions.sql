-- Of several in one batch the newest, and of one millisecond the last; never back in time.
insert into device_description (format, name, at, body)
select distinct on (format, name) format, name, to_timestamp(ms / 1000.0::float8), body::jsonb
from unnest($1::text[], $2::text[], $3::float8[], $4::text[]) with ordinality as g (format, name, ms, body, position)
order by format, name, ms desc, position desc
on conflict (format, name) do update
set at = excluded.at, body = excluded.body
where device_description.at <= excluded.at
