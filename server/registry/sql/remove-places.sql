delete from school_area
using school
where school.id = school_area.school_id
  and school.code in (select c from jsonb_array_elements_text($2::jsonb) as c)
  and (school_area.tree, school.code, school_area.valid_from) not in (
    select r.tree, r.school, r."validFrom"
    from jsonb_to_recordset($1::jsonb) as r (tree text, school text, "validFrom" date)
  )
returning school.code
