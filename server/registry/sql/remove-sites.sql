-- A site that still has devices stays: what they measured there must keep its place.
delete from site
using school
where school.id = site.school_id
  and school.code in (select r.school from jsonb_to_recordset($1::jsonb) as r (school text))
  and (school.code, site.code) not in (
    select r.school, r.code from jsonb_to_recordset($1::jsonb) as r (school text, code text)
  )
  and not exists (select from device where device.site_id = site.id)
returning school.code
