select count(*) > $1::bigint or coalesce(sum(least(size, 1048576)), 0) > $2::bigint as "tooMuch"
from dead_message
where waiting
