insert into device as d (
  school_id, site_id, code, kind, room, room_kind, interval_s, river_station, valid_from, valid_to, simulated
)
select school.id, site.id, r.code, r.kind, r.room, r."roomKind", r."intervalS", r."riverStation",
  r."validFrom", r."validTo", school.simulated
from jsonb_to_recordset($1::jsonb) as r (
  school text, site text, code text, kind text, room text, "roomKind" text, "intervalS" int,
  "riverStation" text, "validFrom" date, "validTo" date
)
join school on school.code = r.school
join site on site.school_id = school.id and site.code = r.site
on conflict (school_id, code) do update set
  site_id = excluded.site_id,
  kind = excluded.kind,
  room = excluded.room,
  room_kind = excluded.room_kind,
  interval_s = excluded.interval_s,
  river_station = excluded.river_station,
  valid_from = excluded.valid_from,
  valid_to = excluded.valid_to
where (d.site_id, d.kind, d.room, d.room_kind, d.interval_s, d.river_station, d.valid_from, d.valid_to)
  is distinct from (
    excluded.site_id, excluded.kind, excluded.room, excluded.room_kind, excluded.interval_s,
    excluded.river_station, excluded.valid_from, excluded.valid_to
  )
returning (select code from school where id = d.school_id) || '/' || d.code as code, d.xmax = 0 as created
