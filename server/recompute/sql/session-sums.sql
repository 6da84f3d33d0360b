-- Sums of the roll and status indicators of a day, by school and session, as of a moment ($2).
-- From the rolls themselves, every revision of them, not from the table of current ones.
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
  select distinct on (rule.school_id, rule.session) rule.school_id, rule.session, rule.classes, rule.pupils,
    ($1::date + rule.starts) at time zone 'Asia/Ho_Chi_Minh' as starts_at,
    ($1::date + rule.ends) at time zone 'Asia/Ho_Chi_Minh' as ends_at,
    ($1::date + case rule.session when 'morning' then time '08:00' else time '14:30' end)
      at time zone 'Asia/Ho_Chi_Minh' as due_at
  from school_session rule join calendar on calendar.school_id = rule.school_id
  where rule.valid_from <= $1::date and (rule.valid_to is null or rule.valid_to >= $1::date)
    and (calendar.make_up
      or (calendar.in_term and not calendar.off and extract(isodow from $1::date)::int = any (rule.weekdays)))
  order by rule.school_id, rule.session, rule.valid_from desc
),
started as (
  select held.*,
    (select open from school_status s where s.school_id = held.school_id
      and s.since <= least($2::timestamptz, held.due_at) order by s.since desc limit 1) as open_when_due,
    (select open from school_status s where s.school_id = held.school_id
      and s.since <= least($2::timestamptz, held.ends_at) order by s.since desc limit 1) as open_now
  from held
  where held.starts_at <= $2::timestamptz
),
latest as (
  select distinct on (school_id, session, class) * from roll
  where day = $1::date
  order by school_id, session, class, revision desc
),
called as (
  select started.school_id, started.session, started.classes, count(latest.class) as taken,
    coalesce(sum(enrolled) filter (where consistent), 0) as enrolled,
    coalesce(sum(present) filter (where consistent), 0) as present,
    coalesce(sum(late) filter (where consistent), 0) as late,
    coalesce(sum(excused) filter (where consistent), 0) as excused,
    coalesce(sum(unexcused) filter (where consistent), 0) as unexcused
  from started
  left join latest on latest.school_id = started.school_id and latest.session = started.session
  where open_when_due is distinct from false
  group by 1, 2, 3
)
select indicator, session as period, school_id as school, numerator::float8, denominator::float8
from called
cross join lateral (
  values ('attendance-rate', present, enrolled),
    ('absence-unexcused-rate', unexcused, enrolled),
    ('absence-excused-rate', excused, enrolled),
    ('late-rate', late, present),
    ('roll-completeness', least(taken, classes), classes::bigint)
) as sums (indicator, numerator, denominator)
union all
select indicator, session, school_id, numerator, denominator
from started
cross join lateral (
  values ('schools-open', case when open_now then 1 else 0 end, 1),
    ('pupils-affected-by-closure', case when open_now then 0 else pupils end, pupils)
) as sums (indicator, numerator, denominator)
where open_now is not null
