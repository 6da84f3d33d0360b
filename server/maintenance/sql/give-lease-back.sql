delete from maintenance_lease where holder = $1::text
