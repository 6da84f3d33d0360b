select d.format, d.name, d.body
from unnest($1::text[], $2::text[]) as g (format, name)
join device_description d on d.format = g.format and d.name = g.name
