-- One school, whatever the day: one that has closed can still be asked about.
select school.id, school.code, school.name, school.level, school.ownership, school.terrain, school.enrolment,
  school.lat, school.lon, commune.code as commune, district.code as "formerDistrict",
  status.open, status.reason, status.since, school.simulated,
  school.valid_from as "validFrom", school.valid_to as "validTo", successor.code as "mergedInto"
from school
left join school successor on successor.id = school.merged_into
left join school_status_current status on status.school_id = school.id
left join lateral (
  select area.code from school_area place join area on area.id = place.area_id
  where place.school_id = school.id and place.tree = 'administrative' and area.kind = 'commune'
  order by place.valid_from desc limit 1
) commune on true
left join lateral (
  select case when area.kind = 'district' then area.code else parent.code end as code
  from school_area place join area on area.id = place.area_id
  left join area_edge edge on edge.tree = place.tree and edge.area_id = area.id
  left join area parent on parent.id = edge.parent_id and parent.kind = 'district'
  where place.school_id = school.id and place.tree = 'former-district'
  order by place.valid_from desc, edge.valid_from desc limit 1
) district on true
where school.code = $1::text
