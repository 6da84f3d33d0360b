-- Every slot of five minutes in which a school holds lessons on a day: it starts within a scheduled session, and
-- the last thing the school had said by then is not that it is closed. $2, $3: from, until.
with recursive up (tree, school_id, area_id) as (
  select tree, school_id, area_id from school_area
  where valid_from <= $1::date and (valid_to is null or valid_to >= $1::date)
  union
  select up.tree, up.school_id, edge.parent_id
  from up join area_edge edge on edge.tree = up.tree and edge.area_id = up.area_id
  where edge.valid_from <= $1::date and (edge.valid_to is null or edge.valid_to >= $1::date)
),
in_service as (
  select id from school where valid_from <= $1::date and (valid_to is null or valid_to >= $1::date)
),
calendar as (
  select in_service.id as school_id,
    coalesce(bool_or(entry.kind = 'term'), false) as in_term,
    coalesce(bool_or(entry.kind in ('holiday', 'closure')), false) as off,
    coalesce(bool_or(entry.kind = 'make_up'), false) as make_up
  from in_service
  left join calendar_entry entry on $1::date between entry.first_day and entry.last_day
    and (entry.area_id is null
      or exists (select from up where up.school_id = in_service.id and up.area_id = entry.area_id))
  group by 1
),
held as (
  select distinct on (rule.school_id, rule.session) rule.school_id,
    ($1::date + rule.starts) at time zone 'Asia/Ho_Chi_Minh' as starts_at,
    ($1::date + rule.ends) at time zone 'Asia/Ho_Chi_Minh' as ends_at
  from school_session rule join calendar on calendar.school_id = rule.school_id
  where rule.valid_from <= $1::date and (rule.valid_to is null or rule.valid_to >= $1::date)
    and (calendar.make_up
      or (calendar.in_term and not calendar.off and extract(isodow from $1::date)::int = any (rule.weekdays)))
  order by rule.school_id, rule.session, rule.valid_from desc
)
select held.school_id as school, (extract(epoch from slot) * 1000)::float8 as slot
from held
cross join generate_series($2::timestamptz, $3::timestamptz - interval '5 minutes', interval '5 minutes') slot
where slot >= held.starts_at and slot < held.ends_at
  and coalesce(
    (select open from school_status status
      where status.school_id = held.school_id and status.since <= slot order by status.since desc limit 1),
    true)
group by 1, 2
