delete from room_co2_day using unnest($1::date[], $2::int[]) as gone (day, device)
where room_co2_day.day = gone.day and room_co2_day.device_id = gone.device
