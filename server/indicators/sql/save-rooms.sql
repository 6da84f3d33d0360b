insert into room_co2_day (day, device_id, exceeded)
select row.* from unnest($1::date[], $2::int[], $3::bool[]) as row
on conflict (day, device_id) do update set exceeded = excluded.exceeded
