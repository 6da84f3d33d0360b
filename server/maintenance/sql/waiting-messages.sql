-- Messages that wait, and their bytes.
select count(*) as messages, coalesce(sum(least(size, 1048576)), 0) as bytes from dead_message where waiting
