-- The devices of a school in service on a day, what they last said about their link, and when they last measured.
select device.code, device.kind, device.room, device.interval_s as "intervalSeconds", connection.online,
  seen.ts as "lastSeen"
from device
left join device_seen seen on seen.device_id = device.id
left join device_connection_current connection on connection.device_id = device.id
where device.school_id = $1::int and device.valid_from <= $2::date
  and (device.valid_to is null or device.valid_to >= $2::date)
order by device.code
