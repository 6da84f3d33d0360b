select exists (select from reading where ts >= $2::timestamptz and ts < $3::timestamptz) as readings,
  exists (select from roll_current where day = $1::date) as rolls
