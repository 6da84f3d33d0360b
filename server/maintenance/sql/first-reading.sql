select (extract(epoch from min(ts)) * 1000)::float8 as at from reading where ts >= $1::timestamptz
