insert into school_area as s (tree, school_id, area_id, valid_from, valid_to)
select r.tree, school.id, area.id, r."validFrom", r."validTo"
from jsonb_to_recordset($1::jsonb) as r (
  school text, tree text, area text, "validFrom" date, "validTo" date
)
join school on school.code = r.school
join area on area.code = r.area
on conflict (tree, school_id, valid_from) do update set
  area_id = excluded.area_id,
  valid_to = excluded.valid_to
where (s.area_id, s.valid_to) is distinct from (excluded.area_id, excluded.valid_to)
returning (select code from school where id = s.school_id) as code
