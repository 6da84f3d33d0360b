select exists (select from reading where ts >= $1::timestamptz and ts < $2::timestamptz) as has
