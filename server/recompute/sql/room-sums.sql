-- Minutes of lessons in good and bad air, by room, over some lesson slots ($2 schools, $3 slots in step) between
-- $4 and $5. A room's 15-minute mean at a slot is over that slot and the two before it.
with room as (
  select id, school_id from device
  where kind = 'room' and room_kind in ('classroom', 'laboratory')
    and valid_from <= $1::date and (valid_to is null or valid_to >= $1::date)
),
cell as (
  select reading.device_id, metric.code as metric, time_bucket(interval '5 minutes', reading.ts) as slot,
    sum(reading.value) as total, count(*) as n
  from reading join metric on metric.id = reading.metric_id and metric.code in ('co2', 'temperature')
  where reading.ts >= $4::timestamptz - interval '10 minutes' and reading.ts < $5::timestamptz
  group by 1, 2, 3
),
lesson as (
  select * from unnest($2::int[], $3::timestamptz[]) as lesson (school_id, slot)
),
quarter as (
  select room.school_id, room.id as device_id, lesson.slot, cell.metric, sum(cell.total) / sum(cell.n) as mean
  from lesson
  join room on room.school_id = lesson.school_id
  join cell on cell.device_id = room.id and cell.slot between lesson.slot - interval '10 minutes' and lesson.slot
  group by 1, 2, 3, 4
)
select school_id as school, device_id as device,
  5 * count(*) filter (where metric = 'co2' and mean <= 1000 + 1e-6) as good,
  5 * count(*) filter (where metric = 'co2') as measured,
  5 * count(*) filter (where metric = 'temperature' and mean > 32 + 1e-6) as hot,
  5 * count(*) filter (where metric = 'temperature') as "heatMeasured",
  coalesce(bool_or(mean > 1500 + 1e-6) filter (where metric = 'co2'), false) as exceeded
from quarter
group by 1, 2
