select device_id as device, exceeded from room_co2_day where day = $1::date
