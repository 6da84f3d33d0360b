-- How many records could not be stored since a moment; of the newest 100,000 messages, so that a flood does not make
-- this slow.
select coalesce(sum(letters), 0)::int as n
from (
  select letters from dead_message where received_at >= $1::timestamptz order by received_at desc limit 100000
) newest
