-- The oldest waiting messages of a device, so many of them.
delete from dead_message
where id in (
  select message_id
  from dead_letter
  where reason = $1::text and format = $2::text and device_name = $3::text
  order by message_id
  limit $4::int
)
