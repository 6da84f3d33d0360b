-- Those that are newer than what is known already.
select d.format, d.name, round(extract(epoch from d.at) * 1000)::float8 as at, d.body
from unnest($1::text[], $2::text[], $3::float8[]) as g (format, name, known)
join device_description d on d.format = g.format and d.name = g.name
where d.at > to_timestamp(g.known / 1000.0::float8)
