-- Devices whose messages wait, those heard last first, and how many there are in all.
select reason, format, name, first_seen as "firstSeen", last_seen as "lastSeen", messages, last_topic as "lastTopic",
  last_message::text as "lastMessage", count(*) over () as total
from waiting_device
where $1::text is null or format = $1
order by last_seen desc, format, name
limit $2::int
