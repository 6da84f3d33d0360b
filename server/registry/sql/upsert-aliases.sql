-- A name that another device of the same file gives up is taken over, whichever of the two comes first.
insert into device_alias as a (format, name, device_id)
select r.format, r.name, device.id
from jsonb_to_recordset($1::jsonb) as r (school text, code text, format text, name text)
join school on school.code = r.school
join device on device.school_id = school.id and device.code = r.code
on conflict (format, name) do update set device_id = excluded.device_id
where a.device_id is distinct from excluded.device_id
returning (select s.code || '/' || d.code from device as d join school as s on s.id = d.school_id
  where d.id = a.device_id) as code
