delete from school_session
using school
where school.id = school_session.school_id
  and school.code in (select c from jsonb_array_elements_text($2::jsonb) as c)
  and (school.code, school_session.session, school_session.valid_from) not in (
    select r.school, r.session, r."validFrom"
    from jsonb_to_recordset($1::jsonb) as r (school text, session text, "validFrom" date)
  )
returning school.code
