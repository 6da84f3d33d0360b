insert into device_credential as c (device_id, username, secret_hash, created_at)
select device.id, r.username, r.hash, $2
from jsonb_to_recordset($1::jsonb) as r (school text, code text, username text, hash text)
join school on school.code = r.school
join device on device.school_id = school.id and device.code = r.code
on conflict (device_id) do update set
  username = excluded.username,
  secret_hash = excluded.secret_hash,
  created_at = excluded.created_at,
  revoked_at = null
returning (select s.code || '/' || d.code from device as d join school as s on s.id = d.school_id
  where d.id = c.device_id) as code
