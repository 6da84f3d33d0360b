-- Of the devices given, the names that are no longer theirs.
delete from device_alias as a
using device, school
where device.id = a.device_id
  and school.id = device.school_id
  and (school.code, device.code) in (
    select r.school, r.code from jsonb_to_recordset($1::jsonb) as r (school text, code text)
  )
  and (school.code, device.code, a.format, a.name) not in (
    select r.school, r.code, r.format, r.name
    from jsonb_to_recordset($2::jsonb) as r (school text, code text, format text, name text)
  )
returning school.code || '/' || device.code as code
