-- How many messages could not be stored since a moment.
select count(*)::int as n from dead_letter where received_at >= $1::timestamptz
