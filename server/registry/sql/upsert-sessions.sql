insert into school_session as s (
  school_id, session, weekdays, starts, ends, classes, pupils, valid_from, valid_to
)
select school.id, r.session, r.weekdays, r.starts, r.ends, r.classes, r.pupils, r."validFrom", r."validTo"
from jsonb_to_recordset($1::jsonb) as r (
  school text, session text, weekdays smallint[], starts time, ends time, classes int, pupils int,
  "validFrom" date, "validTo" date
)
join school on school.code = r.school
on conflict (school_id, session, valid_from) do update set
  weekdays = excluded.weekdays,
  starts = excluded.starts,
  ends = excluded.ends,
  classes = excluded.classes,
  pupils = excluded.pupils,
  valid_to = excluded.valid_to
where (s.weekdays, s.starts, s.ends, s.classes, s.pupils, s.valid_to)
  is distinct from (
    excluded.weekdays, excluded.starts, excluded.ends, excluded.classes, excluded.pupils, excluded.valid_to
  )
returning (select code from school where id = s.school_id) as code
