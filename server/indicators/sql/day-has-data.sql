-- Whether a past day has rolls, and readings or sums of them. A day without any was before there were devices:
-- nobody is held to have been silent then.
select exists (select from reading where ts >= $2::timestamptz and ts < $3::timestamptz)
    or exists (select from indicator_sum where day = $1::date and indicator = 'device-online-rate') as readings,
  exists (select from roll_current where day = $1::date) as rolls
