-- The sessions a school is scheduled to hold on a day's date.
select session, weekdays, to_char(starts, 'HH24:MI') as starts, to_char(ends, 'HH24:MI') as ends, classes
from school_session
where school_id = $1::int and valid_from <= $2::date and (valid_to is null or valid_to >= $2::date)
order by starts
