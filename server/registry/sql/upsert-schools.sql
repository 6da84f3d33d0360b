insert into school as s (
  code, name, level, ownership, terrain, lat, lon, enrolment, river_station, valid_from, valid_to, simulated
)
select code, name, level, ownership, terrain, lat, lon, enrolment, "riverStation", "validFrom", "validTo", $2
from jsonb_to_recordset($1::jsonb) as r (
  code text, name text, level text, ownership text, terrain text, lat float8, lon float8, enrolment int,
  "riverStation" text, "validFrom" date, "validTo" date
)
on conflict (code) do update set
  name = excluded.name,
  level = excluded.level,
  ownership = excluded.ownership,
  terrain = excluded.terrain,
  lat = excluded.lat,
  lon = excluded.lon,
  enrolment = excluded.enrolment,
  river_station = excluded.river_station,
  valid_from = excluded.valid_from,
  valid_to = excluded.valid_to
where (s.name, s.level, s.ownership, s.terrain, s.lat, s.lon, s.enrolment, s.river_station, s.valid_from, s.valid_to)
  is distinct from (
    excluded.name, excluded.level, excluded.ownership, excluded.terrain, excluded.lat, excluded.lon,
    excluded.enrolment, excluded.river_station, excluded.valid_from, excluded.valid_to
  )
returning s.code, s.xmax = 0 as created
