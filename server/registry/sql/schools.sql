select school.code, school.simulated, school.valid_from, school.valid_to,
  coalesce(array_agg(site.code order by site.id) filter (where site.id is not null), '{}') as site_codes,
  coalesce(array_agg(site.name order by site.id) filter (where site.id is not null), '{}') as site_names
from school
left join site on site.school_id = school.id
group by school.id
